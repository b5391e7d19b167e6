import type { ConferenceContext } from './conference-context.js';
import type { Deadline } from './pass-scheduler.js';

/** Whether this copy of the service works on a conference, and when it does if the copy that should doesn't. */
export interface Duty {
  /** Whether the conference is ours. */
  isOurs(): boolean;
  /** Whether we work on it, for ourselves or in place of another copy. */
  isWorking(): boolean;
  /** A pass begins: if the conference isn't ours, we stand in for the copy that works on it. */
  begin(): void;
  /** The pass is complete, so we no longer stand in for anybody. */
  finish(): void;
  /** Another copy has published what it knows of it. @param readAt when it read that (ms, monotonic) */
  recordRead(readAt: number): void;
  /** Copies came or went. @returns whether the conference has changed hands */
  update(): boolean;
  /** Whether no copy has read it since then (ms, monotonic). */
  isUnread(since: number): boolean;
  /** Whether another copy has read it while we waited for our turn to do so in its place. */
  isDoneByOther(unsettledAt: number): boolean;
  /**
   * When we read a conference that isn't ours, unless the copy that works on it publishes something before.
   *
   * @param unsettledAt when a change was last reported (ms, monotonic)
   */
  deadline(unsettledAt: number): Deadline | undefined;
}

type DutyContext = Pick<ConferenceContext, 'sharing' | 'durations' | 'resyncIntervalMs' | 'random'>;

/**
 * A report reaches the copies at slightly different times (ms). A read that began this long before we got the report may still have
 * been made because of it.
 */
const TRANSIT_MS = 20;

export function createDuty(conferenceSid: string, context: DutyContext): Duty {
  const { sharing, durations, resyncIntervalMs, random } = context;
  let isOurs = sharing.isOurs(conferenceSid);
  let isStandingIn = false;
  const createdAt = performance.now();
  /** When a copy, maybe this one, last read it (ms, monotonic). */
  let lastReadAt = -Infinity;
  /** When the first change after that was reported; undefined if none was. */
  let unreadSince: number | undefined;

  function isUnread(since: number): boolean {
    return since - lastReadAt > TRANSIT_MS;
  }

  function markRead(): void {
    lastReadAt = performance.now();
    unreadSince = undefined;
  }

  return {
    isOurs: () => isOurs,
    isWorking: () => isOurs || isStandingIn,
    begin() {
      isStandingIn = !isOurs;
    },
    finish() {
      isStandingIn = false;
      markRead();
    },
    isUnread,
    isDoneByOther(unsettledAt) {
      const isRecent = resyncIntervalMs === 0 || performance.now() - lastReadAt < resyncIntervalMs;
      return !isOurs && !isStandingIn && !isUnread(unsettledAt) && isRecent;
    },
    recordRead(readAt) {
      lastReadAt = Math.max(lastReadAt, readAt);
      if (unreadSince !== undefined && !isUnread(unreadSince)) unreadSince = undefined;
    },
    update() {
      const wasOurs = isOurs;
      isOurs = sharing.isOurs(conferenceSid);
      return isOurs !== wasOurs;
    },
    deadline(unsettledAt) {
      // Drawn, so that of several copies one is the first, and the others learn of it.
      const delayMs = random() * durations.resyncGrace;
      if (isUnread(unsettledAt)) {
        // Not from the last report: the copy that works on it may acknowledge one after another, and fail to read.
        unreadSince ??= unsettledAt;
        // The copy that works on it may only be busy, as we may be. So this goes after our own work.
        return { at: unreadSince + durations.reportGrace + delayMs, priority: 'settle' };
      }
      if (resyncIntervalMs === 0) return undefined;
      return {
        at: Math.max(createdAt, lastReadAt) + resyncIntervalMs + durations.resyncGrace + delayMs,
        priority: 'resync',
      };
    },
  };
}
