import type { RecordingCallback } from '../recorder-events.js';
import type { Change } from './people.js';

/** What a callback reports about a conference. */
export interface ConferenceReport {
  conferenceSid: string;
  /** SignalWire's FriendlyName; undefined if the callback has none. */
  name: string | undefined;
  /** The call that the callback is about; undefined if the callback doesn't name it. */
  callSid: string | undefined;
  /** The callback's Timestamp (ms since 1970); undefined if it has none that we can read. */
  happenedAt: number | undefined;
}

/** A report that something about a participant has changed. If `happenedAt` is undefined, it is only a hint. */
export interface ParticipantReport extends ConferenceReport {
  callSid: string;
  change: Change;
}

/** What identifies a conference in a report. */
export type ConferenceId = Omit<ConferenceReport, 'happenedAt'>;

/** Takes what callbacks report. They are hints: each method returns at once, never throws, and leaves the work for later. */
export interface CallbackReceiver {
  /** Any callback that names a conference, whatever the event. */
  conferenceReported(report: ConferenceReport): void;
  participantChanged(report: ParticipantReport): void;
  conferenceEnded(report: ConferenceReport): void;
  /** If the callback names no conference, the conference is looked up by the recording. */
  recordingReported(callback: RecordingCallback): void;
  /** The name of the conference that a report is about; undefined if neither it nor anything before it says. */
  nameOf(id: ConferenceId): string | undefined;
  /** How many conferences are known. */
  readonly size: number;
}
