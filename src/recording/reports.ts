import type { Durations } from './durations.js';
import { applyChange, type Change, type People } from './people.js';

/** Timestamps are whole seconds. Of two changes in the same second, the one further down this list is the later one. */
const ORDER: readonly Change[] = ['join', 'hold', 'unhold', 'leave'];

/** The last thing a callback reported about a caller. */
export interface Report {
  /** As it was received. */
  callSid: string;
  change: Change;
  /** When it happened, by the callback's Timestamp (ms since 1970, in whole seconds). */
  happenedAt: number;
  /** When the callback arrived, or when the report was renewed (ms, monotonic). */
  reportedAt: number;
  /** Whether this join was renewed: it expired while the list contradicted it, and its call was not known to be over. */
  isRenewed: boolean;
  /** Whether SignalWire says that the call is over. The caller is then out, whatever the list says. */
  isCallOver: boolean;
}

/** The last report about each caller, by CallSid in lower case. */
export type Reports = Map<string, Report>;

/** How long a report overrides SignalWire's list, and how far a Timestamp may be from SignalWire's clock (ms). */
export interface ReportWindows {
  join: number;
  leave: number;
  stale: number;
}

/** A join overrides the list for one interval at most, so that a lost leave can't keep the head count wrong for longer (R4). */
export function reportWindows({ joinReport, leaveReport, stale }: Durations, resyncIntervalMs: number): ReportWindows {
  return { join: Math.min(joinReport, resyncIntervalMs || Infinity), leave: leaveReport, stale };
}

/**
 * Whether a callback's Timestamp is close enough to SignalWire's clock for its report to be acted on (R2).
 *
 * @param happenedAt ms since 1970; undefined if the callback had no readable Timestamp
 * @param now SignalWire's clock (ms since 1970)
 */
export function isFresh(happenedAt: number | undefined, now: number, staleMs: number): happenedAt is number {
  return happenedAt !== undefined && Math.abs(now - happenedAt) <= staleMs;
}

/** Timestamps and SignalWire's clock are known in whole seconds, so a shorter delay can't be told from none. */
const MIN_DELAY_MS = 1000;

/** SignalWire tries a callback for 15 s (source: its guide "Webhooks"). A Timestamp that is this far off has a wrong zone or clock. */
const MAX_DELAY_MS = 60_000;
const MAX_AHEAD_MS = 5000;

/**
 * How long it took a callback to arrive (ms, good to about a second); 0 if it was less than a second; undefined if its Timestamp
 * can't be right.
 *
 * @param happenedAt the callback's Timestamp (ms since 1970); undefined if it has none that we can read
 * @param now SignalWire's clock (ms since 1970)
 */
export function delayOf(happenedAt: number | undefined, now: number): number | undefined {
  if (happenedAt === undefined) return undefined;
  const delayMs = now - happenedAt;
  if (delayMs < -MAX_AHEAD_MS || delayMs > MAX_DELAY_MS) return undefined;
  return delayMs < MIN_DELAY_MS ? 0 : Math.round(delayMs);
}

/**
 * Stores a report if it is news, that is, if it is neither a duplicate nor older than the last report about this caller.
 *
 * @returns whether it was news
 */
export function addReport(
  reports: Reports,
  { callSid, change, happenedAt }: Pick<Report, 'callSid' | 'change' | 'happenedAt'>,
  now: number,
): boolean {
  const last = reports.get(callSid.toLowerCase());
  const isSameSecond = last?.happenedAt === happenedAt;
  const isLater = (one: Report) =>
    isSameSecond ? ORDER.indexOf(change) > ORDER.indexOf(one.change) : happenedAt > one.happenedAt;
  if (last && !isLater(last)) {
    // Which of the two came last can't be told, so the list decides.
    if (last.change === 'unhold' && change === 'hold' && isSameSecond) reports.delete(callSid.toLowerCase());
    return false;
  }
  const report = { callSid, change, happenedAt, reportedAt: now, isRenewed: false, isCallOver: false };
  reports.set(callSid.toLowerCase(), report);
  return true;
}

/** The participants that SignalWire lists, and when we asked: the list may be that old (ms, monotonic). */
export interface ParticipantList extends People {
  askedAt: number;
}

/** Who is in the conference: SignalWire's list, corrected by calls that are over and reports that have not expired (R4). */
export function mergeReports(list: ParticipantList, reports: Reports, windows: ReportWindows): People {
  const people = { counted: new Set(list.counted), held: new Set(list.held) };
  for (const { callSid, change, ...report } of reports.values()) {
    if (report.isCallOver) applyChange(people, callSid, 'leave');
    // The list knows of the join, and of more than that.
    else if (change === 'join' && list.held.has(callSid.toLowerCase())) continue;
    else if (!hasExpired({ change, ...report }, list.askedAt, windows)) applyChange(people, callSid, change);
  }
  return people;
}

/**
 * The expired joins and leaves that the list contradicts, except those whose call is over. Also deletes those that the list
 * confirms, and reports about hold, of which only the list can tell, once they are older than `stale`.
 */
export function takeContradictions(
  { counted, held, askedAt }: ParticipantList,
  reports: Reports,
  windows: ReportWindows,
): Report[] {
  const contradictions: Report[] = [];
  for (const [key, report] of reports) {
    if (!hasExpired(report, askedAt, windows)) continue;
    const { change, isCallOver } = report;
    const isAboutHold = change === 'hold' || change === 'unhold';
    const isListed = counted.has(key) || held.has(key);
    const isConfirmed = isAboutHold || (change === 'join' && !isCallOver) === isListed;
    // Until then it keeps older callbacks from counting as news.
    if (isConfirmed && askedAt - report.reportedAt >= windows.stale) reports.delete(key);
    else if (!isConfirmed && !isCallOver) contradictions.push(report);
  }
  return contradictions;
}

/** When the renewed reports expire (ms, monotonic). */
export function renewalEnds(reports: Reports, { join }: ReportWindows): number[] {
  return [...reports.values()].flatMap(({ isRenewed, reportedAt }) => (isRenewed ? [reportedAt + join] : []));
}

function hasExpired(
  { change, reportedAt }: Pick<Report, 'change' | 'reportedAt'>,
  askedAt: number,
  { join, leave }: ReportWindows,
): boolean {
  return askedAt - reportedAt >= (change === 'leave' ? leave : join);
}

/**
 * Stores a report and applies it, if it is news and its Timestamp is close enough to SignalWire's clock.
 *
 * @param happenedAt ms since 1970; undefined if the callback had no readable Timestamp
 * @param now SignalWire's clock (ms since 1970)
 * @returns whether it was applied
 */
export function reportChange(
  reports: Reports,
  people: People,
  { callSid, change, happenedAt }: { callSid: string; change: Change; happenedAt: number | undefined },
  now: number,
  { stale }: ReportWindows,
): boolean {
  if (!isFresh(happenedAt, now, stale)) return false;
  if (!addReport(reports, { callSid, change, happenedAt }, performance.now())) return false;
  applyChange(people, callSid, change);
  return true;
}
