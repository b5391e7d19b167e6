import type { ConferenceSnapshot, Trigger } from '../recorder-events.js';
import type { RecordingState } from '../signalwire/space.js';
import { believedState, type KnownRecording } from './known-recording.js';
import type { People } from './people.js';
import { addReport, mergeReports, type Reports, type ReportWindows } from './reports.js';
import type { SharedState } from './sharing.js';

/** What this copy of the service knows about a conference. Times are in ms of the monotonic clock. */
export interface ConferenceState {
  readonly sid: string;
  name: string | undefined;
  people: People;
  readonly reports: Reports;
  recording: KnownRecording | undefined;
  /** The latest callback that no pass has handled yet; undefined if a pass was started by its deadline. */
  pendingTrigger: Trigger | undefined;
  /** When we last had reason to expect a change: a callback arrived, or a write failed that may still take effect. */
  unsettledAt: number;
  /** When the last complete read began. */
  readAt: number;
  /** When SignalWire began to answer 404; undefined if it knows the conference. */
  missingSince: number | undefined;
}

/** A conference of which we know only the SID. */
export function createConferenceState(sid: string): ConferenceState {
  return {
    sid,
    name: undefined,
    people: { counted: new Set(), held: new Set() },
    reports: new Map(),
    recording: undefined,
    pendingTrigger: undefined,
    unsettledAt: -Infinity,
    readAt: -Infinity,
    missingSince: undefined,
  };
}

export function snapshotOf({ sid, name, people, recording }: ConferenceState): ConferenceSnapshot {
  const recordingState = recording && believedState(recording);
  const { counted, held } = people;
  return { sid, name, people: new Set(counted), held: new Set(held), recordingSid: recording?.sid, recordingState };
}

/** @param written the state that was just written; undefined after a read */
export function toSharedState(
  { sid, name, people, reports, recording, readAt, missingSince }: ConferenceState,
  because: Trigger['kind'],
  written: RecordingState | undefined,
): SharedState {
  const now = performance.now();
  return {
    conferenceSid: sid,
    name,
    known: missingSince === undefined ? { people, recording } : undefined,
    readAgoMs: readAt > -Infinity ? now - readAt : undefined,
    written,
    because,
    reports: [...reports.values()].map(({ callSid, change, happenedAt, reportedAt }) => ({
      callSid,
      change,
      happenedAt,
      agoMs: now - reportedAt,
    })),
  };
}

/** How long a message may take between copies that are linked (ms). */
const MAX_TRANSIT_MS = 1000;

/** Takes over what another copy of the service knows. A recording that it doesn't know is kept. */
export function applySharedState(
  state: ConferenceState,
  { name, known, readAgoMs, written, reports }: SharedState,
  windows: ReportWindows,
): void {
  const now = performance.now();
  const readAt = now - (readAgoMs ?? Infinity);
  const isOutdated = written === undefined && readAt < state.readAt - MAX_TRANSIT_MS;
  state.name ??= name;
  for (const { agoMs, ...report } of reports) addReport(state.reports, report, now - agoMs);
  if (isOutdated) return;
  state.readAt = Math.max(state.readAt, readAt);
  state.pendingTrigger = undefined;
  if (!known) {
    state.missingSince ??= now;
    return;
  }
  state.missingSince = undefined;
  // A callback that reached us after the read that this is about still counts.
  state.people = mergeReports({ ...known.people, askedAt: state.readAt }, state.reports, windows);
  state.recording = known.recording ?? state.recording;
}
