import type { Emit, RecordingCallback, Trigger } from '../recorder-events.js';
import type { RecordingState } from '../signalwire/space.js';
import type { ConferenceReport, ParticipantReport } from './callback-receiver.js';
import type { KnownRecording } from './known-recording.js';
import type { People } from './people.js';
import type { Report } from './reports.js';

/**
 * How several copies of the service share the conferences. Every copy knows every conference, and one of them works on it, that is,
 * reads it and writes its recording. This saves requests, and nothing else depends on it: where a copy doesn't do its work in time,
 * another one does, and two that work on the same conference do no harm (R5).
 */
export interface Sharing {
  /** Whether this copy works on the conference of that SID, or does the job of that name. */
  isOurs(key: string): boolean;
  /** Sends a message to the other copies. Returns at once and never throws; the message may be lost. */
  publish(message: SharedMessage): void;
  /** Emits what another copy has done, for those who follow all conferences. */
  emitOthers: Emit;
}

/** What a callback or a list reports. The copy that works on the conference acts on it. */
export type SharedReport =
  | ({ type: 'conference' } & ConferenceReport)
  | ({ type: 'participant' } & ParticipantReport)
  | ({ type: 'ended' } & ConferenceReport)
  | { type: 'recording'; conferenceSid: string; recordingSid: string; isRunning: boolean }
  /** A list named a conference that its reader didn't know, or not by name. */
  | { type: 'found'; conferenceSid: string; name: string };

/** What the copy that works on a conference knows of it after a read or a write. */
export interface SharedState {
  conferenceSid: string;
  name: string | undefined;
  /** Undefined if SignalWire answered 404. */
  known: { people: People; recording: KnownRecording | undefined } | undefined;
  /** How long ago the read began (ms); undefined if the conference has never been read. */
  readAgoMs: number | undefined;
  /** The state that was written; undefined after a read. */
  written: RecordingState | undefined;
  because: Trigger['kind'];
  /** The last report about each caller, and how long ago it arrived (ms). */
  reports: SharedCallerReport[];
}

export interface SharedCallerReport extends Pick<Report, 'callSid' | 'change' | 'happenedAt'> {
  agoMs: number;
}

export type SharedMessage =
  | { type: 'report'; report: SharedReport }
  | { type: 'state'; state: SharedState }
  | { type: 'over'; conferenceSid: string; name: string | undefined }
  /** The conferences of that status have been listed. */
  | { type: 'listed'; status: string }
  /** A callback about a recording, whether its conference is known or not. */
  | { type: 'recording-callback'; callback: RecordingCallback };

/** The work that copies of the service share. */
export interface SharedWork {
  /** Takes what another copy has published. @returns whether it is a report on a conference that is ours */
  receiveShared(message: SharedMessage): boolean;
  /** The copy that works on the conference has not answered the report, so this one acts on it. */
  standIn(report: SharedReport): void;
  /** Copies came or went. */
  updateOwnership(): void;
  /** Publishes what is known of each conference that is ours, for a copy that has just started. */
  publishAll(): void;
}

/** There is one copy, or each acts as if it were the only one. */
export const ALONE: Sharing = { isOurs: () => true, publish() {}, emitOthers() {} };
