import type { Ledger } from './ledger.js';
import { current, type Timeline, valueAt } from './timeline.js';

/** What every resource of the space has. */
export interface Resource {
  sid: string;
  /** Counts up with each resource that comes into being; pages are cut by it. */
  ordinal: number;
  /** ms since 1970, as all times here. */
  createdAt: number;
  updatedAt: number;
}

/** How a call can end before anybody has answered it. */
export type Unanswered = 'busy' | 'no-answer' | 'failed';

/** Source: SignalWire's OpenAPI document. */
export type CallStatus = 'queued' | 'ringing' | 'in-progress' | 'completed' | 'canceled' | Unanswered;

export interface Call extends Resource {
  from: string;
  to: string;
  direction: 'inbound' | 'outbound-api';
  status: Timeline<CallStatus>;
}

/** What a document says of the conference that a call joins; the attributes of LaML's `<Conference>` that matter here. */
export interface Instruction {
  name: string;
  record: 'do-not-record' | 'record-from-start';
  trim: string;
  startConferenceOnEnter: boolean;
  endConferenceOnExit: boolean;
  muted: boolean;
  /** The call that this one whispers to; undefined for everybody else. */
  coach?: string | undefined;
  maxParticipants?: number | undefined;
  statusCallback?: string | undefined;
  statusCallbackEvent: readonly string[];
  statusCallbackMethod: 'GET' | 'POST';
  recordingStatusCallback?: string | undefined;
  recordingStatusCallbackEvent: readonly string[];
  recordingStatusCallbackMethod: 'GET' | 'POST';
}

export interface Participant extends Resource {
  call: Call;
  instruction: Instruction;
  muted: boolean;
  hold: boolean;
  /** Undefined while they are in. */
  leftAt: number | undefined;
}

/** What a recording does; how that reads is up to the space's traits. */
export type RecordingStatus = 'in-progress' | 'paused' | 'completed' | 'stopped';

export interface Recording extends Resource {
  status: Timeline<RecordingStatus>;
  pauseBehavior: 'skip' | 'silence';
  trim: string;
  /** Milliseconds that its audio lasts, up to `countedAt`. */
  audioMs: number;
  countedAt: number;
}

export interface Conference extends Resource {
  name: string;
  status: Timeline<'waiting' | 'in-progress' | 'completed'>;
  /** The first participant's: later ones can't change where callbacks go. */
  instruction: Instruction;
  /** Everybody who was ever in, in the order in which they came. */
  participants: Participant[];
  /** Newest first. */
  recordings: Recording[];
  ledger: Ledger;
}

/** Those who are in, in the order in which they came. */
export function peopleIn({ participants }: Conference): Participant[] {
  return participants.filter(({ leftAt }) => leftAt === undefined);
}

/** Those who were in at that time. */
export function peopleInAt({ participants }: Conference, at: number): Participant[] {
  return participants.filter(({ createdAt, leftAt = Number.POSITIVE_INFINITY }) => createdAt <= at && leftAt > at);
}

export function isRunning({ status }: Recording): boolean {
  return current(status) === 'in-progress';
}

export function isFinished({ status }: Recording): boolean {
  return ['completed', 'stopped'].includes(current(status));
}

/** Whether that recording has ever been resumed by then. */
export function isResumedAt({ status }: Recording, at: number): boolean {
  return valueAt(status, at) === 'in-progress' && status.filter((entry) => entry.at <= at).length > 1;
}

export function isCallOver({ status }: Call): boolean {
  return ['completed', 'canceled', 'busy', 'no-answer', 'failed'].includes(current(status));
}

/** When somebody answered a call (ms since 1970); undefined while nobody has. */
export function answeredAt({ status }: Call): number | undefined {
  return status.find(({ value }) => value === 'in-progress')?.at;
}

/** When a call was over (ms since 1970); undefined while it isn't. */
export function endedAt(call: Call): number | undefined {
  return isCallOver(call) ? call.status.at(-1)?.at : undefined;
}

/** How a recording reads in a space that is as documented. */
export function documentedStatus(recording: Recording): RecordingStatus | 'resumed' {
  return isResumedAt(recording, Number.POSITIVE_INFINITY) ? 'resumed' : current(recording.status);
}

/** How much audio a recording has so far, in whole seconds. */
export function secondsOf(recording: Recording, now: number): number {
  count(recording, now);
  return Math.floor(recording.audioMs / 1000);
}

/** How large a recording's WAV file is so far, in bytes: one channel of 16 bits, 8000 times a second (assumed). */
export function bytesOf(recording: Recording, now: number): number {
  count(recording, now);
  return 44 + 2 * Math.floor(recording.audioMs * 8);
}

/** Adds the audio since it was last counted; to be done before each change of status. */
export function count(recording: Recording, now: number): void {
  const isSilent = current(recording.status) === 'paused' && recording.pauseBehavior === 'silence';
  if (isRunning(recording) || isSilent) recording.audioMs += now - recording.countedAt;
  recording.countedAt = now;
}
