import type { ConferenceInstruction } from './laml.js';
import {
  type Call,
  type Conference,
  newConference,
  newParticipant,
  newRecording,
  type Participant,
  type Recording,
  type RecordingStatus,
} from './model.js';
import type { Webhook } from './webhooks.js';

/** Something that a watcher of the space would see. */
export interface Change {
  what: 'joined' | 'left' | 'recording' | 'ended';
  conference: Conference;
  /** Who joined or left. */
  call?: Call;
}

export interface ConferencesOptions {
  projectId: string;
  /** The API's address for recordings, as callbacks give it. */
  recordingUrl(recordingSid: string): string;
  sendCallback(callback: Webhook, conference: Conference): void;
  announce(change: Change): void;
  /** Ends a call that the conference throws out. */
  drop(call: Call): void;
}

/**
 * The conferences of a space, and what happens in them. Source: SignalWire's cXML reference, Conference, and its OpenAPI
 * document; what is assumed says so.
 */
export interface Conferences {
  all(): Conference[];
  get(sid: string): Conference | undefined;
  /**
   * Puts a call into the conference of the instruction's name. The first one in opens it, and its instruction decides on
   * callbacks; the second one begins it, and its recording.
   */
  join(call: Call, instruction: ConferenceInstruction): void;
  /** Takes a call out of the conference it is in, if it is in one. */
  leave(call: Call): void;
  /** Who was in at that time (ms since 1970), a minute ago at most. */
  participantsAt(conference: Conference, at: number): Participant[];
  /** Forgets the conferences that are over: unlike SignalWire, a simulator that runs for long would run out of memory. */
  forgetPast(): void;
  /**
   * Pauses, resumes or stops a recording, which reads `resumed` after a resume.
   *
   * @param pauseBehavior whether a pause leaves nothing in the recording, or silence
   * @returns false when the recording is over and can't take the change
   */
  updateRecording(
    conference: Conference,
    recording: Recording,
    status: 'paused' | 'in-progress' | 'stopped',
    pauseBehavior: 'skip' | 'silence',
  ): boolean;
}

/** How long those who left can be asked for. */
const REMEMBER_MS = 60_000;

const EVENT_NAMES = {
  start: 'conference-start',
  end: 'conference-end',
  join: 'participant-join',
  leave: 'participant-leave',
} as const;

export function createConferences({
  projectId,
  recordingUrl,
  sendCallback,
  announce,
  drop,
}: ConferencesOptions): Conferences {
  const conferences = new Map<string, Conference>();
  const live = new Set<Conference>();

  function tell(conference: Conference, event: keyof typeof EVENT_NAMES, call: Call): void {
    const { statusCallback, statusCallbackEvent, statusCallbackMethod } = conference.instruction;
    if (!statusCallback || !statusCallbackEvent.includes(event)) return;
    const parameters = {
      ...callParameters(call, projectId),
      ConferenceSid: conference.sid,
      FriendlyName: conference.name,
      StatusCallbackEvent: EVENT_NAMES[event],
      // RFC 2822 has whole seconds.
      Timestamp: rfc2822(new Date()),
    };
    sendCallback({ url: statusCallback, method: statusCallbackMethod, parameters }, conference);
  }

  function tellOfRecording(conference: Conference, recording: Recording, call: Call): void {
    const { recordingStatusCallback, recordingStatusCallbackEvent, recordingStatusCallbackMethod } =
      conference.instruction;
    const status = recording.status;
    if (!recordingStatusCallback || (status !== 'in-progress' && status !== 'completed')) return;
    if (!recordingStatusCallbackEvent.includes(status)) return;
    const parameters = {
      AccountSid: projectId,
      CallSid: call.sid,
      ConferenceSid: conference.sid,
      RecordingSid: recording.sid,
      RecordingStatus: status,
      RecordingUrl: recordingUrl(recording.sid),
      RecordingDuration: String(durationOf(recording)),
      RecordingChannels: '1',
      RecordingSource: 'Conference',
    };
    sendCallback({ url: recordingStatusCallback, method: recordingStatusCallbackMethod, parameters }, conference);
  }

  function note(conference: Conference): void {
    conference.updatedAt = new Date();
    // One that nobody asked to record can't be wrong.
    if (conference.instruction.record !== 'record-from-start') return;
    const isRecording = conference.recordings.some(({ status }) => isRunning(status));
    conference.ledger.note(conference.participants.size, isRecording);
  }

  function takeOut(conference: Conference, call: Call): void {
    const participant = conference.participants.get(call.sid);
    if (!participant) return;
    conference.participants.delete(call.sid);
    const now = Date.now();
    conference.gone = conference.gone.filter(({ leftAt }) => leftAt > now - REMEMBER_MS);
    // As it was while it was in: a list that is behind doesn't know that the call has ended.
    const asItWas = { ...participant, call: { ...call, status: 'in-progress' as const } };
    conference.gone.push({ participant: asItWas, leftAt: now });
  }

  function begin(conference: Conference, call: Call): void {
    conference.status = 'in-progress';
    tell(conference, 'start', call);
    if (conference.instruction.record !== 'record-from-start') return;
    const recording = newRecording(conference.instruction.trim);
    conference.recordings.unshift(recording);
    announce({ what: 'recording', conference });
    tellOfRecording(conference, recording, call);
  }

  function end(conference: Conference, call: Call): void {
    // Whether SignalWire calls back for each of those that it throws out isn't documented; that it doesn't is assumed.
    const others = [...conference.participants.values()];
    for (const { call } of others) takeOut(conference, call);
    conference.status = 'completed';
    live.delete(conference);
    for (const participant of others) drop(participant.call);
    tell(conference, 'end', call);
    for (const recording of conference.recordings) {
      if (isOver(recording.status)) continue;
      setStatus(recording, 'completed');
      tellOfRecording(conference, recording, call);
    }
    announce({ what: 'ended', conference });
  }

  return {
    all: () => [...conferences.values()],
    get: (sid) => conferences.get(sid),

    join(call, instruction) {
      const known = [...live].find(({ name }) => name === instruction.name);
      const conference = known ?? newConference(instruction);
      conferences.set(conference.sid, conference);
      live.add(conference);
      // Each document's own limit holds for its caller (assumed).
      const most = instruction.maxParticipants ?? Number.POSITIVE_INFINITY;
      if (conference.participants.size >= most) return drop(call);
      conference.participants.set(call.sid, newParticipant(call, instruction));
      announce({ what: 'joined', conference, call });
      tell(conference, 'join', call);
      const people = [...conference.participants.values()];
      const canBegin = people.length >= 2 && people.some((person) => person.instruction.startConferenceOnEnter);
      if (conference.status === 'init' && canBegin) begin(conference, call);
      note(conference);
    },

    leave(call) {
      const conference = [...live].find(({ participants }) => participants.has(call.sid));
      const participant = conference?.participants.get(call.sid);
      if (!conference || !participant) return;
      takeOut(conference, call);
      announce({ what: 'left', conference, call });
      tell(conference, 'leave', call);
      if (conference.participants.size === 0 || participant.instruction.endConferenceOnExit) end(conference, call);
      note(conference);
    },

    participantsAt(conference, at) {
      const gone = conference.gone.filter(({ leftAt }) => leftAt > at).map(({ participant }) => participant);
      return [...gone, ...conference.participants.values()].filter(({ createdAt }) => Number(createdAt) <= at);
    },

    forgetPast() {
      for (const conference of conferences.values()) if (!live.has(conference)) conferences.delete(conference.sid);
    },

    updateRecording(conference, recording, status, pauseBehavior) {
      if (isOver(recording.status)) return false;
      const isPaused = recording.status === 'paused';
      if (status === 'in-progress') setStatus(recording, isPaused ? 'resumed' : recording.status);
      else setStatus(recording, status);
      if (status === 'paused') recording.pauseBehavior = pauseBehavior;
      note(conference);
      announce({ what: 'recording', conference });
      return true;
    },
  };
}

/** The parameters that every webhook of a call has. Source: SignalWire's cXML reference. */
export function callParameters(call: Call, projectId: string): Record<string, string> {
  return {
    CallSid: call.sid,
    AccountSid: projectId,
    ApiVersion: '2010-04-01',
    From: call.from,
    To: call.to,
    CallStatus: call.status,
    Direction: call.direction,
  };
}

/** How much audio a recording has so far, in whole seconds. */
export function durationOf(recording: Recording): number {
  count(recording);
  return Math.floor(recording.audioMs / 1000);
}

/** A date as SignalWire writes it: `Wed, 30 Aug 2023 17:12:03 +0000`. */
export function rfc2822(date: Date): string {
  return date.toUTCString().replace('GMT', '+0000');
}

function isRunning(status: RecordingStatus): boolean {
  return status === 'in-progress' || status === 'resumed';
}

function isOver(status: RecordingStatus): boolean {
  return status === 'completed' || status === 'stopped';
}

function setStatus(recording: Recording, status: RecordingStatus): void {
  count(recording);
  recording.status = status;
  recording.updatedAt = new Date();
  if (isOver(status)) recording.endedAt = recording.updatedAt;
}

function count(recording: Recording): void {
  const now = performance.now();
  const isHeard =
    isRunning(recording.status) || (recording.status === 'paused' && recording.pauseBehavior === 'silence');
  if (isHeard) recording.audioMs += now - recording.countedAt;
  recording.countedAt = now;
}
