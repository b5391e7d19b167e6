import { type ConferenceEvent, conferenceCallback, recordingCallback, type Webhook } from './callbacks.js';
import { createLedger } from './ledger.js';
import {
  type Call,
  type CallStatus,
  type Conference,
  count,
  type Instruction,
  isCallOver,
  isFinished,
  isRunning,
  type Participant,
  peopleIn,
  type Recording,
  type RecordingStatus,
  type Resource,
} from './resources.js';
import { current, turn } from './timeline.js';
import type { Traits } from './traits.js';

/** Something that a watcher of the space would see. */
export interface Change {
  what: 'joined' | 'left' | 'recording' | 'ended';
  conference: Conference;
  /** Who joined or left. */
  call?: Call;
}

export interface SpaceModelOptions {
  projectId: string;
  traits: Traits;
  /** The space's clock: ms since 1970. */
  now(): number;
  /** A new UUID. */
  newSid(): string;
  /** With how many people a recording should run: for the ledgers alone. */
  enough: number;
  /** Where a recording is had, as callbacks say. */
  recordingUrl(recordingSid: string): string;
  /** A callback is due. */
  callBack(callback: Webhook, conference: Conference): void;
  onChange(change: Change): void;
}

/**
 * What happens in a space: calls, conferences, recordings. It has neither a clock nor I/O of its own, so it serves the
 * simulator, which puts HTTP around it, and the simulation, which puts everything under a virtual clock. Source: SignalWire's
 * cXML reference, Conference, and its OpenAPI document; what they leave open is a trait, and what is assumed says so.
 */
export interface SpaceModel {
  readonly traits: Traits;
  readonly calls: ReadonlyMap<string, Call>;
  /** By SID in small letters, as callbacks may have it in capitals. */
  readonly conferences: ReadonlyMap<string, Conference>;
  now(): number;
  /** What every new resource has. */
  newResource(): Resource;
  addCall(from: string, to: string, direction: Call['direction']): Call;
  setCallStatus(call: Call, status: CallStatus): void;
  /** Ends a call, and takes it out of its conference. Does nothing when it's over. */
  endCall(call: Call, status?: 'completed' | 'canceled' | 'failed'): void;
  /** Puts a call into the conference of the instruction's name; the first one in opens it. */
  join(call: Call, instruction: Instruction): void;
  /** Mutes or unmutes somebody, or puts them on hold and back. */
  updateParticipant(
    conference: Conference,
    participant: Participant,
    change: { muted?: boolean; hold?: boolean },
  ): void;
  /** Ends a conference for everybody. */
  endConference(conference: Conference): void;
  /**
   * Pauses, resumes or stops a recording.
   *
   * @param pauseBehavior whether a pause leaves nothing in the recording, or silence
   * @returns false when it can't take the change: it's over, or nothing would change and the space refuses that
   */
  updateRecording(
    conference: Conference,
    recording: Recording,
    status: 'paused' | 'in-progress' | 'stopped',
    pauseBehavior: 'skip' | 'silence',
  ): boolean;
  deleteRecording(conference: Conference, recording: Recording): void;
  /** Forgets the conferences and calls that are over: unlike SignalWire, a simulator that runs for long would fill up. */
  forgetPast(): void;
}

export function createSpaceModel(options: SpaceModelOptions): SpaceModel {
  const { projectId, traits, now, newSid, enough, recordingUrl, callBack, onChange } = options;
  const calls = new Map<string, Call>();
  const conferences = new Map<string, Conference>();
  /** By name: a name belongs to one conference at a time. */
  const live = new Map<string, Conference>();
  /** In which conference a call is. */
  const whereabouts = new Map<Call, Conference>();
  let ordinal = 0;

  function newResource(): Resource {
    ordinal += 1;
    const at = now();
    const sid = newSid();
    return { sid: traits.sids === 'prefixed' ? `SW-${sid}` : sid, ordinal, createdAt: at, updatedAt: at };
  }

  function report(conference: Conference, event: ConferenceEvent, participant: Participant): void {
    const about = { projectId, traits, now: now(), recordingUrl };
    const callback = conferenceCallback(about, conference, event, participant);
    if (callback) callBack(callback, conference);
  }

  function reportRecording(conference: Conference, recording: Recording, { call }: Participant): void {
    const about = { projectId, traits, now: now() };
    const callback = recordingCallback(about, conference, recording, call, recordingUrl(recording.sid));
    if (callback) callBack(callback, conference);
  }

  function setRecording(recording: Recording, status: RecordingStatus): void {
    count(recording, now());
    turn(recording.status, now(), status);
    recording.updatedAt = now();
  }

  function enter(conference: Conference): void {
    conference.updatedAt = now();
    // One that nobody asked to record can't be wrong.
    if (conference.instruction.record !== 'record-from-start') return;
    // Nor can one whose recording hasn't begun, or was stopped: it can't be resumed.
    const people = conference.recordings.every(isFinished) ? 0 : peopleIn(conference).length;
    conference.ledger.enter(people, conference.recordings.some(isRunning));
  }

  function open(instruction: Instruction): Conference {
    const conference: Conference = {
      ...newResource(),
      name: instruction.name,
      status: [],
      instruction,
      participants: [],
      recordings: [],
      ledger: createLedger(now, enough),
    };
    turn(conference.status, now(), 'waiting');
    conferences.set(conference.sid.toLowerCase(), conference);
    live.set(conference.name, conference);
    return conference;
  }

  function begin(conference: Conference, by: Participant): void {
    turn(conference.status, now(), 'in-progress');
    report(conference, 'start', by);
    if (conference.instruction.record !== 'record-from-start') return;
    const recording: Recording = {
      ...newResource(),
      status: [],
      pauseBehavior: 'silence',
      trim: conference.instruction.trim,
      audioMs: 0,
      countedAt: now(),
    };
    turn(recording.status, now(), 'in-progress');
    conference.recordings.unshift(recording);
    onChange({ what: 'recording', conference });
    reportRecording(conference, recording, by);
  }

  function end(conference: Conference, by: Participant): void {
    if (current(conference.status) === 'completed') return;
    // Whether SignalWire calls back for each of those that it throws out isn't documented; that it doesn't is assumed.
    const others = peopleIn(conference);
    for (const { call } of others) takeOut(conference, call);
    turn(conference.status, now(), 'completed');
    live.delete(conference.name);
    for (const { call } of others) endCall(call);
    report(conference, 'end', by);
    for (const recording of conference.recordings) {
      if (isFinished(recording)) continue;
      setRecording(recording, 'completed');
      reportRecording(conference, recording, by);
    }
    enter(conference);
    onChange({ what: 'ended', conference });
  }

  function takeOut(conference: Conference, call: Call): Participant | undefined {
    whereabouts.delete(call);
    const participant = peopleIn(conference).find((one) => one.call === call);
    if (participant) participant.leftAt = now();
    return participant;
  }

  function leave(call: Call): void {
    const conference = whereabouts.get(call);
    const participant = conference && takeOut(conference, call);
    if (!participant) return;
    onChange({ what: 'left', conference, call });
    report(conference, 'leave', participant);
    const isLast = peopleIn(conference).length === 0;
    enter(conference);
    if (isLast || participant.instruction.endConferenceOnExit) end(conference, participant);
  }

  function setCallStatus(call: Call, status: CallStatus): void {
    turn(call.status, now(), status);
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

    addCall(from, to, direction) {
      const call: Call = { ...newResource(), from, to, direction, status: [] };
      turn(call.status, now(), direction === 'inbound' ? 'ringing' : 'queued');
      calls.set(call.sid.toLowerCase(), call);
      return call;
    },

    join(call, instruction) {
      const conference = live.get(instruction.name) ?? open(instruction);
      // Each document's own limit holds for its caller (assumed).
      const { maxParticipants = Number.POSITIVE_INFINITY, muted } = instruction;
      if (peopleIn(conference).length >= maxParticipants) return endCall(call);
      const participant: Participant = { ...newResource(), call, instruction, muted, hold: false, leftAt: undefined };
      conference.participants.push(participant);
      whereabouts.set(call, conference);
      onChange({ what: 'joined', conference, call });
      report(conference, 'join', participant);
      const people = peopleIn(conference);
      const canBegin = people.some((one) => one.instruction.startConferenceOnEnter);
      const needed = traits.begins === 'first' ? 1 : 2;
      if (current(conference.status) === 'waiting' && canBegin && people.length >= needed) {
        begin(conference, participant);
      }
      enter(conference);
    },

    updateParticipant(conference, participant, { muted, hold }) {
      participant.updatedAt = now();
      if (muted !== undefined && muted !== participant.muted) {
        participant.muted = muted;
        report(conference, muted ? 'mute' : 'unmute', participant);
      }
      if (hold !== undefined && hold !== participant.hold) {
        participant.hold = hold;
        report(conference, hold ? 'hold' : 'unhold', participant);
      }
    },

    endConference(conference) {
      const last = peopleIn(conference).at(-1);
      if (last) end(conference, last);
    },

    updateRecording(conference, recording, status, pauseBehavior) {
      if (isFinished(recording)) return false;
      if (current(recording.status) === status) return traits.redundantUpdate === '200';
      if (status === 'paused') recording.pauseBehavior = pauseBehavior;
      setRecording(recording, status);
      enter(conference);
      onChange({ what: 'recording', conference });
      return true;
    },

    deleteRecording(conference, recording) {
      conference.recordings = conference.recordings.filter((one) => one !== recording);
      enter(conference);
    },

    forgetPast() {
      for (const [key, { status }] of conferences) if (current(status) === 'completed') conferences.delete(key);
      for (const [key, call] of calls) if (isCallOver(call)) calls.delete(key);
    },
  };
}
