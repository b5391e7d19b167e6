import { type CallbackContext, type ConferenceEvent, conferenceCallback, type Webhook } from './callbacks.js';
import { createConferenceRecordings } from './conference-recordings.js';
import { createRecordingMeter } from './recording-meter.js';
import {
  activeParticipants,
  type Call,
  type CallStatus,
  type Conference,
  type ConferenceLaml,
  isCallOver,
  type Participant,
  type Recording,
  type Resource,
} from './resources.js';
import { appendValue, current } from './timeline.js';
import type { Traits } from './traits.js';

/** A change that is reported to the owner of the model, whatever callbacks the LaML asks for. */
export interface Change {
  type: 'joined' | 'left' | 'held' | 'unheld' | 'recording' | 'ended';
  conference: Conference;
  /** The call that joined or left, or was put on hold or taken off. */
  call?: Call;
}

export interface SpaceModelOptions {
  projectId: string;
  traits: Traits;
  /** The space's clock (ms since 1970). */
  now(): number;
  /** Returns a new UUID. */
  newSid(): string;
  /** A recording should run while at least this many people are in its conference. Only the meters use it. */
  minParticipants: number;
  /** Whether people count who are on hold or coaching. Default: true. Only the conferences' meters use these two. */
  countHeld?: boolean;
  /** Returns the URL that callbacks give for a recording. */
  recordingUrl(recordingSid: string): string;
  /** Called when a callback is due. */
  onCallback(callback: Webhook, conference: Conference): void;
  onChange(change: Change): void;
}

/**
 * The calls, conferences and recordings of a SignalWire space, and what happens to them. The model has no clock and no I/O of
 * its own. The simulator serves it over HTTP, and the simulation runs it under a virtual clock. Source: SignalWire's cXML
 * reference, Conference, and its OpenAPI document. What they leave open is a trait; other assumptions are marked.
 */
export interface SpaceModel {
  readonly traits: Traits;
  /** By SID in lower case. */
  readonly calls: ReadonlyMap<string, Call>;
  /** By SID in lower case, because callbacks may have it in upper case. */
  readonly conferences: ReadonlyMap<string, Conference>;
  now(): number;
  /** Creates the fields that every resource has. */
  newResource(): Resource;
  addCall(from: string, to: string, direction: Call['direction']): Call;
  setCallStatus(call: Call, status: CallStatus): void;
  /** Ends a call and removes it from its conference. Does nothing if the call is over. */
  endCall(call: Call, status?: 'completed' | 'canceled' | 'failed'): void;
  /** Puts a call into the conference that the LaML names, and creates the conference if there is none. */
  join(call: Call, laml: ConferenceLaml): void;
  /** Mutes or unmutes a participant, puts them on hold or takes them off. */
  updateParticipant(
    conference: Conference,
    participant: Participant,
    change: { muted?: boolean; hold?: boolean },
  ): void;
  /** Ends a conference and its participants' calls. */
  endConference(conference: Conference): void;
  /**
   * Pauses, resumes or stops a recording.
   *
   * @param pauseBehavior what a pause leaves in the recording: nothing (`skip`) or silence
   * @returns false if the recording is over, or if the update changes nothing and the space refuses that
   */
  updateRecording(
    conference: Conference,
    recording: Recording,
    status: 'paused' | 'in-progress' | 'stopped',
    pauseBehavior: 'skip' | 'silence',
  ): boolean;
  deleteRecording(conference: Conference, recording: Recording): void;
  /** Forgets the conferences and calls that are over. SignalWire keeps them, but a long run would exhaust the memory. */
  forgetEnded(): void;
}

export function createSpaceModel(options: SpaceModelOptions): SpaceModel {
  const { projectId, traits, now, newSid, minParticipants } = options;
  const { recordingUrl, onCallback, onChange } = options;
  const calls = new Map<string, Call>();
  const conferences = new Map<string, Conference>();
  /** The conferences that are not over, by name. No two of them have the same name. */
  const liveByName = new Map<string, Conference>();
  const conferenceOf = new Map<Call, Conference>();
  let ordinal = 0;

  function newResource(): Resource {
    ordinal += 1;
    const at = now();
    const sid = newSid();
    return { sid: traits.sids === 'prefixed' ? `SW-${sid}` : sid, ordinal, createdAt: at, updatedAt: at };
  }

  const callbackContext = (): CallbackContext => ({ projectId, traits, now: now(), recordingUrl });
  const recordings = createConferenceRecordings({ ...options, newResource, callbackContext });
  const { onConferenceChanged } = recordings;

  function report(conference: Conference, event: ConferenceEvent, participant: Participant): void {
    const callback = conferenceCallback(callbackContext(), conference, event, participant);
    if (callback) onCallback(callback, conference);
  }

  function createConference(laml: ConferenceLaml): Conference {
    const conference: Conference = {
      ...newResource(),
      name: laml.name,
      status: [],
      laml,
      participants: [],
      recordings: [],
      meter: createRecordingMeter(now, minParticipants),
    };
    appendValue(conference.status, now(), 'waiting');
    conferences.set(conference.sid.toLowerCase(), conference);
    liveByName.set(conference.name, conference);
    return conference;
  }

  function begin(conference: Conference, trigger: Participant): void {
    appendValue(conference.status, now(), 'in-progress');
    report(conference, 'start', trigger);
    recordings.begin(conference, trigger);
  }

  function end(conference: Conference, trigger: Participant): void {
    if (current(conference.status) === 'completed') return;
    // Undocumented: whether SignalWire sends a leave for each participant that it removes. Assumed: it doesn't.
    const remaining = activeParticipants(conference);
    for (const { call } of remaining) remove(conference, call);
    appendValue(conference.status, now(), 'completed');
    liveByName.delete(conference.name);
    for (const { call } of remaining) endCall(call);
    report(conference, 'end', trigger);
    recordings.complete(conference, trigger);
    onConferenceChanged(conference);
    onChange({ type: 'ended', conference });
  }

  /** Removes a call from its conference without any report. */
  function remove(conference: Conference, call: Call): Participant | undefined {
    conferenceOf.delete(call);
    const participant = activeParticipants(conference).find((one) => one.call === call);
    if (participant) participant.leftAt = now();
    return participant;
  }

  function leave(call: Call): void {
    const conference = conferenceOf.get(call);
    const participant = conference && remove(conference, call);
    if (!participant) return;
    onChange({ type: 'left', conference, call });
    report(conference, 'leave', participant);
    const isEmpty = activeParticipants(conference).length === 0;
    onConferenceChanged(conference);
    if (isEmpty || participant.laml.endConferenceOnExit) end(conference, participant);
  }

  function setCallStatus(call: Call, status: CallStatus): void {
    appendValue(call.status, now(), status);
    call.updatedAt = now();
  }

  function endCall(call: Call, status: 'completed' | 'canceled' | 'failed' = 'completed'): void {
    if (isCallOver(call)) return;
    setCallStatus(call, status);
    leave(call);
  }

  return {
    traits,
    calls,
    conferences,
    now,
    newResource,
    setCallStatus,
    endCall,
    updateRecording: recordings.updateRecording,
    deleteRecording: recordings.deleteRecording,

    addCall(from, to, direction) {
      const call: Call = { ...newResource(), from, to, direction, status: [] };
      appendValue(call.status, now(), direction === 'inbound' ? 'ringing' : 'queued');
      calls.set(call.sid.toLowerCase(), call);
      return call;
    },

    join(call, laml) {
      const conference = liveByName.get(laml.name) ?? createConference(laml);
      // The limit in a caller's own LaML applies to that caller (assumed).
      const { maxParticipants = Number.POSITIVE_INFINITY, muted } = laml;
      if (activeParticipants(conference).length >= maxParticipants) return endCall(call);
      const resource = newResource();
      const hold = [{ at: resource.createdAt, value: false }];
      const participant: Participant = { ...resource, call, laml, muted, hold, leftAt: undefined };
      conference.participants.push(participant);
      conferenceOf.set(call, conference);
      onChange({ type: 'joined', conference, call });
      report(conference, 'join', participant);
      const participants = activeParticipants(conference);
      const canBegin = participants.some((one) => one.laml.startConferenceOnEnter);
      const needed = traits.begins === 'first' ? 1 : 2;
      if (current(conference.status) === 'waiting' && canBegin && participants.length >= needed) {
        begin(conference, participant);
      }
      onConferenceChanged(conference);
    },

    updateParticipant(conference, participant, { muted, hold }) {
      participant.updatedAt = now();
      if (muted !== undefined && muted !== participant.muted) {
        participant.muted = muted;
        report(conference, muted ? 'mute' : 'unmute', participant);
      }
      if (hold !== undefined && hold !== current(participant.hold)) {
        appendValue(participant.hold, now(), hold);
        onConferenceChanged(conference);
        onChange({ type: hold ? 'held' : 'unheld', conference, call: participant.call });
        report(conference, hold ? 'hold' : 'unhold', participant);
      }
    },

    endConference(conference) {
      const last = activeParticipants(conference).at(-1);
      if (last) end(conference, last);
    },

    forgetEnded() {
      for (const [key, { status }] of conferences) if (current(status) === 'completed') conferences.delete(key);
      for (const [key, call] of calls) if (isCallOver(call)) calls.delete(key);
    },
  };
}
