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

/** For how long reports count, in milliseconds. */
export interface ReportWindows {
  join: number;
  leave: number;
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

/**
 * Who is in: SignalWire's list, corrected by the reports that still count (R4).
 *
 * @param listed CallSids on the list, in small letters
 * @param askedAt when the list was asked for (ms, monotonic): it's as old as the question
 */
export function whoIsIn(
  listed: ReadonlySet<string>,
  reports: Reports,
  windows: ReportWindows,
  askedAt: number,
): Set<string> {
  const people = new Set(listed);
  for (const [key, report] of reports) {
    if (report.isCallOver || (counts(report, windows, askedAt) && !report.isIn)) people.delete(key);
    else if (counts(report, windows, askedAt)) people.add(key);
  }
  return people;
}

/** The reports that have run out and still contradict the list: asking for the call settles each (R4). */
export function contradicted(
  listed: ReadonlySet<string>,
  reports: Reports,
  windows: ReportWindows,
  askedAt: number,
): Report[] {
  return [...reports].flatMap(([key, report]) =>
    report.isIn !== listed.has(key) && !report.isCallOver && !counts(report, windows, askedAt) ? [report] : [],
  );
}

/**
 * Forgets the reports that have run out and that the list confirms.
 *
 * @param staleMs for how long an older callback, come late, may have to be told from news by them
 */
export function dropConfirmed(
  listed: ReadonlySet<string>,
  reports: Reports,
  windows: ReportWindows,
  askedAt: number,
  staleMs: number,
): void {
  for (const [key, report] of reports) {
    const isOld = !counts(report, windows, askedAt) && askedAt - report.reportedAt >= staleMs;
    if (isOld && (report.isIn && !report.isCallOver) === listed.has(key)) reports.delete(key);
  }
}

function counts({ isIn, reportedAt }: Report, windows: ReportWindows, askedAt: number): boolean {
  return askedAt - reportedAt < (isIn ? windows.join : windows.leave);
}
