import type { ConferenceSpace, Recording } from '../signalwire/space.js';
import { isNotFound } from '../signalwire/space-error.js';
import type { KnownRecording } from './known-recording.js';
import { isPresent } from './policy.js';
import { contradicted, type Reports, type ReportWindows, whoIsIn } from './reports.js';

/** What is known of a conference before it is read. */
export interface Known {
  readonly sid: string;
  /** Who is in, by the last read and the reports since (CallSids in small letters). */
  readonly people: ReadonlySet<string>;
  readonly reports: Reports;
  readonly recording: KnownRecording | undefined;
  /** Calls that were sent to the conference's room and may be alive. */
  readonly callers: Iterable<string>;
  /** Whether SignalWire has ever known it: a new one that it doesn't know yet isn't over. */
  readonly hasBeenRead: boolean;
  /** Since when SignalWire has answered 404 (ms, monotonic); undefined where it knows the conference. */
  readonly missingSince: number | undefined;
}

/** What SignalWire says of a conference, put together with the reports. */
export type Observation =
  | { what: 'over' }
  /** SignalWire doesn't know who is in, and the conference, or a call that belongs in it, is alive or may be. */
  | { what: 'missing'; error: unknown }
  /** The recording is undefined where none can be read. */
  | { what: 'live'; people: Set<string>; recording: Recording | undefined };

export interface ObserverOptions {
  space: ConferenceSpace;
  windows: ReportWindows;
  /** How long a 404 must last before it can mean that a conference is over, in milliseconds. */
  missingMs: number;
}

/**
 * Reads who is in and what the recording does, both at once.
 *
 * @throws SpaceError when SignalWire can't tell: then nothing may be decided (R8)
 */
export async function observe(conference: Known, options: ObserverOptions): Promise<Observation> {
  const { space, windows } = options;
  const { sid, reports } = conference;
  const askedAt = performance.now();
  const reads = [space.listParticipants(sid), readRecording(conference, space)] as const;
  // Where one fails the other is waited for all the same: a pass that is over has nothing in flight.
  const [participants, recording] = await Promise.allSettled(reads);
  if (participants.status === 'rejected') {
    if (!isNotFound(participants.reason)) throw participants.reason;
    return observeMissing(conference, participants.reason, options);
  }
  if (recording.status === 'rejected') throw recording.reason;

  const callSids = new Set(participants.value.filter(isPresent).map(({ callSid }) => callSid.toLowerCase()));
  const listed = { callSids, askedAt };
  for (const report of contradicted(listed, reports, windows)) {
    // Where SignalWire doesn't tell, or doesn't know the call, the report stands as it would for one that is alive.
    const state = await space.fetchCallState(report.callSid).catch(() => undefined);
    if (state === 'over') report.isCallOver = true;
    else if (report.isIn && !report.isRenewed) Object.assign(report, { isRenewed: true, reportedAt: askedAt });
    else reports.delete(report.callSid.toLowerCase());
  }
  const people = whoIsIn(listed, reports, windows);
  // An empty conference is over or will be: its own status tells.
  if (people.size === 0 && (await space.fetchConferenceStatus(sid)) === 'completed') return { what: 'over' };
  return { what: 'live', people, recording: recording.value };
}

/** The recording that we know, else the newest one that isn't over, else the newest one. One that refuses is looked for. */
async function readRecording({ sid, recording }: Known, space: ConferenceSpace): Promise<Recording | undefined> {
  const known = recording && (await space.fetchRecording(sid, recording.sid));
  const isRefused = (recording?.lastWrite?.refusals ?? 0) > 0;
  if (known && known.state !== 'over' && !isRefused) return known;
  const listed = await space.listRecordings(sid);
  const others = listed.filter((one) => one.sid.toLowerCase() !== known?.sid.toLowerCase());
  const running = others.find(({ state }) => state !== 'over');
  return running ?? (known?.state === 'over' ? (listed[0] ?? known) : (known ?? listed[0]));
}

/**
 * What a 404 means (R8): the conference is over when everybody who was heard joining has left, or once the 404 has lasted
 * long enough; but not while a call that belongs in it is alive, as a new conference may be unknown to the API for a while.
 */
async function observeMissing(
  conference: Known,
  error: unknown,
  { space, missingMs }: ObserverOptions,
): Promise<Observation> {
  const { sid, people, reports, callers, hasBeenRead, missingSince } = conference;
  const status = await space.fetchConferenceStatus(sid);
  if (status === 'completed') return { what: 'over' };
  if (status !== undefined) return { what: 'missing', error };
  const haveAllLeft = hasBeenRead && people.size === 0 && [...reports.values()].some(({ isIn }) => !isIn);
  const hasLasted = missingSince !== undefined && performance.now() - missingSince >= missingMs;
  if (!haveAllLeft && !hasLasted) return { what: 'missing', error };
  const reported = [...reports.values()].map(({ callSid }) => callSid);
  const calls = new Map([...people, ...callers, ...reported].map((callSid) => [callSid.toLowerCase(), callSid]));
  for (const callSid of calls.values()) {
    // Unlike elsewhere a failure must not pass for an answer: what is over is forgotten.
    if ((await space.fetchCallState(callSid)) === 'alive') return { what: 'missing', error };
  }
  return { what: 'over' };
}
