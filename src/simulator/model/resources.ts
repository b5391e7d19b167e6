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

/** How much audio a recording has so far, in whole seconds. */
export function secondsOf(recording: Recording, now: number): number {
  count(recording, now);
  return Math.floor(recording.audioMs / 1000);
}

/** Adds the audio since it was last counted; to be done before each change of status. */
export function count(recording: Recording, now: number): void {
  const isSilent = current(recording.status) === 'paused' && recording.pauseBehavior === 'silence';
  if (isRunning(recording) || isSilent) recording.audioMs += now - recording.countedAt;
  recording.countedAt = now;
}
