import type { ConferenceSpace, Recording } from '../signalwire/space.js';
import { isNotFound } from '../signalwire/space-error.js';
import type { Durations } from './durations.js';
import { headCount } from './head-count.js';
import type { KnownRecording } from './known-recording.js';
import type { People } from './people.js';
import { mergeReports, type Reports, type ReportWindows, takeContradictions } from './reports.js';

/** What we know about a conference before we read it. */
export interface KnownConference {
  readonly sid: string;
  /** Who is in, according to the last read and the reports since. */
  readonly people: People;
  readonly reports: Reports;
  readonly recording: KnownRecording | undefined;
  /** Whether the recording need not be read this time. */
  readonly trustsRecording: boolean;
  /** CallSids of callers who were sent to the conference's room and may still be there. */
  readonly callers: Iterable<string>;
  /** Whether SignalWire has ever known it. If not, a 404 may just mean that it is too new. */
  readonly hasBeenRead: boolean;
  /** When SignalWire began to answer 404 (ms, monotonic); undefined if it knows the conference. */
  readonly missingSince: number | undefined;
}

/** What SignalWire's answers and the callbacks together say about a conference. */
export type Observation =
  | { kind: 'over' }
  /** SignalWire answers 404, but the conference, or a call that belongs to it, is or may be alive. */
  | { kind: 'missing' }
  /** `recording` is undefined if no recording could be found. */
  | { kind: 'live'; people: People; recording: Recording | undefined };

export interface ObserveOptions {
  space: ConferenceSpace;
  windows: ReportWindows;
  durations: Pick<Durations, 'missing'>;
  /** Whether people count who are held. */
  countHeld: boolean;
}

/**
 * Reads the participants and, unless it is trusted, the recording, both at the same time.
 *
 * @throws SpaceError if a request fails; then nothing may be decided (R8)
 */
export async function observe(conference: KnownConference, options: ObserveOptions): Promise<Observation> {
  const { space, windows, countHeld } = options;
  const { sid, reports } = conference;
  const askedAt = performance.now();
  // Both are awaited even if one fails, so that no request outlives the pass.
  const [participants, recording] = await Promise.allSettled([
    space.listParticipants(sid),
    readRecording(conference, space),
  ]);
  if (participants.status === 'rejected') {
    if (!isNotFound(participants.reason)) throw participants.reason;
    return observeMissing(conference, options);
  }
  if (recording.status === 'rejected') throw recording.reason;

  const list = { ...headCount(participants.value, countHeld), askedAt };
  for (const report of takeContradictions(list, reports, windows)) {
    const state = await space.fetchCallState(report.callSid).catch(() => 'failed' as const);
    if (state === 'over') report.isCallOver = true;
    // The call is alive, or we can't tell. A join overrides the list for one more window. Any other report is dropped.
    else if (report.change === 'join' && !report.isRenewed) {
      report.isRenewed = true;
      report.reportedAt = askedAt;
    } else reports.delete(report.callSid.toLowerCase());
  }
  const people = mergeReports(list, reports, windows);
  const isEmpty = people.counted.size + people.held.size === 0;
  // A copy that wasn't told of the leaves counts the joins that it was told of for a while.
  const seemsEmpty = list.counted.size + list.held.size === 0 && recording.value?.state === 'over';
  // So the conference may be over. Only its own status can tell.
  if ((isEmpty || seemsEmpty) && (await space.fetchConferenceStatus(sid)) === 'completed') return { kind: 'over' };
  return { kind: 'live', people, recording: recording.value };
}

/**
 * The recording that we know. If it can't be found, is over, or SignalWire refuses to change it, the newest other recording that
 * isn't over. Failing that, the known one if it isn't over, otherwise the newest.
 */
async function readRecording(
  { sid, recording, trustsRecording }: KnownConference,
  space: ConferenceSpace,
): Promise<Recording | undefined> {
  if (recording && trustsRecording) return { sid: recording.sid, state: recording.observed };
  const known = recording && (await space.fetchRecording(sid, recording.sid));
  const isRefused = (recording?.lastWrite?.refusals ?? 0) > 0;
  if (known && known.state !== 'over' && !isRefused) return known;
  const listed = await space.listRecordings(sid);
  const others = listed.filter((one) => one.sid.toLowerCase() !== known?.sid.toLowerCase());
  const running = others.find(({ state }) => state !== 'over');
  if (running) return running;
  if (known && known.state !== 'over') return known;
  return listed[0] ?? known;
}

/**
 * Decides what a 404 means (R8). It may just mean that the API doesn't know the conference yet. The conference is over if its
 * status is `completed`. It is also over if no call that belongs to it is alive, and either everybody who joined has left or the
 * 404 has lasted `durations.missing`.
 */
async function observeMissing(conference: KnownConference, { space, durations }: ObserveOptions): Promise<Observation> {
  const { sid, people, reports, callers, hasBeenRead, missingSince } = conference;
  const status = await space.fetchConferenceStatus(sid);
  if (status === 'completed') return { kind: 'over' };
  if (status !== undefined) return { kind: 'missing' };
  const everybody = [...people.counted, ...people.held];
  const hasLeave = [...reports.values()].some(({ change }) => change === 'leave');
  const haveAllLeft = hasBeenRead && everybody.length === 0 && hasLeave;
  const hasLasted = missingSince !== undefined && performance.now() - missingSince >= durations.missing;
  if (!haveAllLeft && !hasLasted) return { kind: 'missing' };
  const reported = [...reports.values()].map(({ callSid }) => callSid);
  const calls = new Map([...everybody, ...callers, ...reported].map((callSid) => [callSid.toLowerCase(), callSid]));
  for (const callSid of calls.values()) {
    // A failure is not caught: taking it for "over" would make us forget a conference that may be live.
    if ((await space.fetchCallState(callSid)) === 'alive') return { kind: 'missing' };
  }
  return { kind: 'over' };
}
