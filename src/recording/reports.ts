/** What a callback reported of one caller. */
export interface Report {
  /** As the callback has it. */
  callSid: string;
  isIn: boolean;
  /** When it happened, by the callback's Timestamp (ms since 1970, whole seconds). */
  happenedAt: number;
  /** When it came (ms, by the monotonic clock). */
  reportedAt: number;
  /** Whether the call was asked for once the report had run out, and was alive: then the report counts once more. */
  isRenewed: boolean;
  /** Whether the call was asked for and is over: then nobody is in by it, whatever a list says. */
  isCallOver: boolean;
}

/** The last report of each caller, by CallSid in small letters. */
export type Reports = Map<string, Report>;

/** For how long reports count, and how long they tell a callback that comes late from news, in milliseconds. */
export interface ReportWindows {
  join: number;
  leave: number;
  stale: number;
}

/**
 * Takes a report in, if it's news: neither known nor overtaken by another one of the same caller. Timestamps are whole
 * seconds; of a join and a leave within one second the leave is believed, as somebody who leaves has joined before.
 *
 * @returns whether it was news
 */
export function addReport(
  reports: Reports,
  { callSid, isIn, happenedAt }: Pick<Report, 'callSid' | 'isIn' | 'happenedAt'>,
  now: number,
): boolean {
  const known = reports.get(callSid.toLowerCase());
  const isSameSecond = known?.happenedAt === happenedAt;
  if (known && (isSameSecond ? !known.isIn || isIn : happenedAt < known.happenedAt)) return false;
  const report = { callSid, isIn, happenedAt, reportedAt: now, isRenewed: false, isCallOver: false };
  reports.set(callSid.toLowerCase(), report);
  return true;
}

/** The CallSids on SignalWire's list, in small letters, and when it was asked for (ms): it's as old as the question. */
export interface Listed {
  callSids: ReadonlySet<string>;
  askedAt: number;
}

/** Who is in: the list, corrected by the reports that still count (R4). */
export function whoIsIn({ callSids, askedAt }: Listed, reports: Reports, windows: ReportWindows): Set<string> {
  const people = new Set(callSids);
  for (const [key, report] of reports) {
    if (report.isCallOver) people.delete(key);
    else if (counts(report, askedAt, windows) && report.isIn) people.add(key);
    else if (counts(report, askedAt, windows)) people.delete(key);
  }
  return people;
}

/** The reports that have run out and still contradict the list. Those that it confirms are forgotten. */
export function contradicted({ callSids, askedAt }: Listed, reports: Reports, windows: ReportWindows): Report[] {
  const found: Report[] = [];
  for (const [key, report] of reports) {
    if (counts(report, askedAt, windows)) continue;
    const isConfirmed = (report.isIn && !report.isCallOver) === callSids.has(key);
    if (isConfirmed && askedAt - report.reportedAt >= windows.stale) reports.delete(key);
    else if (!isConfirmed && !report.isCallOver) found.push(report);
  }
  return found;
}

/** When the reports that count once more will have run out (ms, monotonic). */
export function renewalEnds(reports: Reports, { join }: ReportWindows): number[] {
  return [...reports.values()].flatMap(({ isRenewed, reportedAt }) => (isRenewed ? [reportedAt + join] : []));
}

function counts({ isIn, reportedAt }: Report, askedAt: number, { join, leave }: ReportWindows): boolean {
  return askedAt - reportedAt < (isIn ? join : leave);
}
