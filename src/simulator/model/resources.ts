import type { RecordingMeter } from './recording-meter.js';
import { current, type Timeline, valueAt } from './timeline.js';

/** What every resource of a space has. All times are in ms since 1970. */
export interface Resource {
  sid: string;
  /** Grows with each resource that is created. Lists are sorted and paged by it. */
  ordinal: number;
  createdAt: number;
  updatedAt: number;
}

/** How a call can end without being answered. */
export type UnansweredStatus = 'busy' | 'no-answer' | 'failed';

/** Source: SignalWire's OpenAPI document. */
export type CallStatus = 'queued' | 'ringing' | 'in-progress' | 'completed' | 'canceled' | UnansweredStatus;

export interface Call extends Resource {
  from: string;
  to: string;
  direction: 'inbound' | 'outbound-api';
  status: Timeline<CallStatus>;
}

/** The `<Conference>` of the LaML that puts a call into a conference: its name, and the attributes that the model uses. */
export interface ConferenceLaml {
  name: string;
  record: 'do-not-record' | 'record-from-start';
  trim: string;
  startConferenceOnEnter: boolean;
  endConferenceOnExit: boolean;
  muted: boolean;
  /** The CallSid of the participant who is coached; undefined if the call doesn't coach. */
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
  laml: ConferenceLaml;
  muted: boolean;
  /** Whether they are on hold. */
  hold: Timeline<boolean>;
  /** Undefined while the participant is in the conference. */
  leftAt: number | undefined;
}

/** The actual state of a recording. The space's traits decide which status the REST API shows for it. */
export type RecordingStatus = 'in-progress' | 'paused' | 'completed' | 'stopped';

export interface Recording extends Resource {
  status: Timeline<RecordingStatus>;
  pauseBehavior: 'skip' | 'silence';
  trim: string;
  /** The duration of the audio up to `countedAt`, in milliseconds. */
  audioMs: number;
  countedAt: number;
}

export interface Conference extends Resource {
  name: string;
  status: Timeline<'waiting' | 'in-progress' | 'completed'>;
  /** The LaML of the first participant. That of later ones can't change where callbacks go. */
  laml: ConferenceLaml;
  /** Everybody who has joined, in the order of joining, including those who have left. */
  participants: Participant[];
  /** Newest first. */
  recordings: Recording[];
  meter: RecordingMeter;
}

/** The participants who are in the conference, in the order of joining. */
export function activeParticipants({ participants }: Conference): Participant[] {
  return participants.filter(({ leftAt }) => leftAt === undefined);
}

/** The participants who were in the conference at that time, in the order of joining. */
export function activeParticipantsAt({ participants }: Conference, at: number): Participant[] {
  return participants.filter(({ createdAt, leftAt = Number.POSITIVE_INFINITY }) => createdAt <= at && leftAt > at);
}

/** Whether two people had been in the conference at the same time at that time or before. */
export function haveTwoMetBy({ participants }: Conference, at: number): boolean {
  const joined = participants.filter(({ createdAt }) => createdAt <= at);
  return joined.some((one) =>
    joined.some(
      (other) => other !== one && other.createdAt >= one.createdAt && (one.leftAt ?? at + 1) > other.createdAt,
    ),
  );
}

export function isRunning({ status }: Recording): boolean {
  return current(status) === 'in-progress';
}

export function isRecordingOver({ status }: Recording): boolean {
  return ['completed', 'stopped'].includes(current(status));
}

/** Whether the recording was running at that time, after a pause. */
export function isResumedAt({ status }: Recording, at: number): boolean {
  return valueAt(status, at) === 'in-progress' && status.filter((entry) => entry.at <= at).length > 1;
}

export function isCallOver({ status }: Call): boolean {
  return ['completed', 'canceled', 'busy', 'no-answer', 'failed'].includes(current(status));
}

/** When the call was answered (ms since 1970); undefined if it wasn't. */
export function answeredAt({ status }: Call): number | undefined {
  return status.find(({ value }) => value === 'in-progress')?.at;
}

/** When the call ended (ms since 1970); undefined if it hasn't. */
export function endedAt(call: Call): number | undefined {
  return isCallOver(call) ? call.status.at(-1)?.at : undefined;
}

/** The recording's status as a space with the documented traits shows it. */
export function documentedStatus(recording: Recording): RecordingStatus | 'resumed' {
  return isResumedAt(recording, Number.POSITIVE_INFINITY) ? 'resumed' : current(recording.status);
}

/** The duration of the recording's audio so far, in whole seconds. */
export function durationSeconds(recording: Recording, now: number): number {
  countAudio(recording, now);
  return Math.floor(recording.audioMs / 1000);
}

/** The size of the recording's WAV file so far, in bytes: one channel, 16 bits, 8000 samples per second (assumed). */
export function fileBytes(recording: Recording, now: number): number {
  countAudio(recording, now);
  return 44 + 2 * Math.floor(recording.audioMs * 8);
}

/** Adds the audio since the last count. Call it before every change of the status. */
export function countAudio(recording: Recording, now: number): void {
  const isSilent = current(recording.status) === 'paused' && recording.pauseBehavior === 'silence';
  if (isRunning(recording) || isSilent) recording.audioMs += now - recording.countedAt;
  recording.countedAt = now;
}
