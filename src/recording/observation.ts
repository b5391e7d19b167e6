import type { ConferenceSpace, Participant, Recording } from '../signalwire/space.js';
import { isNotFound } from '../signalwire/space-error.js';
import type { KnownRecording } from './known-recording.js';
import { findContradictions, mergeReports, type Reports, type ReportWindows } from './reports.js';

/** What we know about a conference before we read it. */
export interface KnownConference {
  readonly sid: string;
  /** Who is in, by the last read and the reports since (CallSids in lower case). */
  readonly people: ReadonlySet<string>;
  readonly reports: Reports;
  readonly recording: KnownRecording | undefined;
  /** CallSids of callers who were sent to the conference's room and may still be there. */
  readonly callers: Iterable<string>;
  /** Whether SignalWire has ever known it. If not, a 404 may only mean that it is too new. */
  readonly hasBeenRead: boolean;
  /** Since when SignalWire has been answering 404 (ms, monotonic); undefined if the last read succeeded. */
  readonly missingSince: number | undefined;
}

/** The state of a conference, by SignalWire's answers and the callbacks' reports together. */
export type Observation =
  | { kind: 'over' }
  /** SignalWire answers 404, but the conference, or a call that belongs to it, is or may be alive. */
  | { kind: 'missing'; error: unknown }
  /** `recording` is undefined if no recording could be found. */
  | { kind: 'live'; people: Set<string>; recording: Recording | undefined };

export interface ObserveOptions {
  space: ConferenceSpace;
  windows: ReportWindows;
  /** How long a 404 must last before it can mean that the conference is over, in milliseconds. */
  missingMs: number;
  /** Whether a participant counts. */
  counts(participant: Participant): boolean;
}

/**
 * Reads the participants and the recording, both at the same time.
 *
 * @throws SpaceError if SignalWire can't tell; then nothing may be decided (R8)
 */
export async function observe(conference: KnownConference, options: ObserveOptions): Promise<Observation> {
  const { space, windows, counts } = options;
  const { sid, reports } = conference;
  const askedAt = performance.now();
  // If one read fails, we still wait for the other: a pass that has ended leaves no request in flight.
  const [participants, recording] = await Promise.allSettled([
    space.listParticipants(sid),
    readRecording(conference, space),
  ]);
  if (participants.status === 'rejected') {
    if (!isNotFound(participants.reason)) throw participants.reason;
    return observeMissing(conference, participants.reason, options);
  }
  if (recording.status === 'rejected') throw recording.reason;

  const callSids = new Set(participants.value.filter(counts).map(({ callSid }) => callSid.toLowerCase()));
  const list = { callSids, askedAt };
  for (const report of findContradictions(list, reports, windows)) {
    // If SignalWire can't tell, or doesn't know the call, we treat it as alive.
    const state = await space.fetchCallState(report.callSid).catch(() => undefined);
    if (state === 'over') report.isCallOver = true;
    else if (report.isIn && !report.isRenewed) Object.assign(report, { isRenewed: true, reportedAt: askedAt });
    else reports.delete(report.callSid.toLowerCase());
  }
  const people = mergeReports(list, reports, windows);
  // An empty conference is over, or soon will be. Only its own status says which.
  if (people.size === 0 && (await space.fetchConferenceStatus(sid)) === 'completed') return { kind: 'over' };
  return { kind: 'live', people, recording: recording.value };
}

/**
 * The recording that we know. If that one is over, or refuses to change, the newest other recording that isn't over. If there
 * is none, the newest of all.
 */
async function readRecording(
  { sid, recording }: KnownConference,
  space: ConferenceSpace,
): Promise<Recording | undefined> {
  const known = recording && (await space.fetchRecording(sid, recording.sid));
  const isRefusing = (recording?.lastWrite?.refusals ?? 0) > 0;
  if (known && known.state !== 'over' && !isRefusing) return known;
  const listed = await space.listRecordings(sid);
  const others = listed.filter((one) => one.sid.toLowerCase() !== known?.sid.toLowerCase());
  const running = others.find(({ state }) => state !== 'over');
  return running ?? (known?.state === 'over' ? (listed[0] ?? known) : (known ?? listed[0]));
}

/**
 * Decides what a 404 means (R8). The conference is over if everybody who joined has left, or if the 404 has lasted long enough;
 * but not while a call that belongs to it is alive, because the API may not know a new conference yet.
 */
async function observeMissing(
  conference: KnownConference,
  error: unknown,
  { space, missingMs }: ObserveOptions,
): Promise<Observation> {
  const { sid, people, reports, callers, hasBeenRead, missingSince } = conference;
  const status = await space.fetchConferenceStatus(sid);
  if (status === 'completed') return { kind: 'over' };
  if (status !== undefined) return { kind: 'missing', error };
  const haveAllLeft = hasBeenRead && people.size === 0 && [...reports.values()].some(({ isIn }) => !isIn);
  const hasLasted = missingSince !== undefined && performance.now() - missingSince >= missingMs;
  if (!haveAllLeft && !hasLasted) return { kind: 'missing', error };
  const reported = [...reports.values()].map(({ callSid }) => callSid);
  const calls = new Map([...people, ...callers, ...reported].map((callSid) => [callSid.toLowerCase(), callSid]));
  for (const callSid of calls.values()) {
    // A failure is not caught here: it must not count as "over", because a conference that is over is forgotten.
    if ((await space.fetchCallState(callSid)) === 'alive') return { kind: 'missing', error };
  }
  return { kind: 'over' };
}
