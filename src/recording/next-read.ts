import type { Trigger } from '../recorder-events.js';
import type { Durations } from './durations.js';
import type { Deadline } from './pass-scheduler.js';
import { type Reports, type ReportWindows, renewalEnds } from './reports.js';

export const RESYNC: Trigger = { kind: 'resync', receivedAt: undefined, delayMs: undefined };
const SETTLING_READ: Trigger = { kind: 'settling read', receivedAt: undefined, delayMs: undefined };

export interface ReadTimes {
  /** When the last complete read began (ms, monotonic). */
  readAt: number;
  /** When there was last reason to expect a change (ms, monotonic). */
  unsettledAt: number;
  reports: Reports;
  windows: ReportWindows;
  durations: Durations;
  /** 0 for no resyncs. */
  resyncIntervalMs: number;
}

/**
 * The next read of a conference if no callback arrives (R9): a settling read when a reported leave no longer counts, another when
 * a reported join doesn't, or the resync if that comes first.
 *
 * @returns the trigger of that read, and its deadline; no deadline if nothing more is due
 */
export function nextRead(times: ReadTimes): { trigger: Trigger; deadline: Deadline | undefined } {
  const { readAt, unsettledAt, reports, windows, durations, resyncIntervalMs } = times;
  const { leaveReport, joinReport, settle } = durations;
  const expiries = [unsettledAt + leaveReport, unsettledAt + joinReport, ...renewalEnds(reports, windows)];
  const settleAt = Math.min(...expiries.map((at) => at + settle).filter((at) => at > readAt));
  const resyncAt = resyncIntervalMs > 0 ? readAt + resyncIntervalMs : Infinity;
  if (settleAt < resyncAt) return { trigger: SETTLING_READ, deadline: { at: settleAt, priority: 'settle' } };
  return { trigger: RESYNC, deadline: resyncAt < Infinity ? { at: resyncAt, priority: 'resync' } : undefined };
}
