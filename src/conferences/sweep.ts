import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { ListedConference, Space } from '../signalwire/space.js';
import { isUnauthorized } from '../signalwire/space-error.js';
import { backoff } from './backoff.js';
import type { Durations } from './durations.js';
import { logFailure } from './log-failure.js';
import type { Registry } from './registry.js';

export interface SweepOptions {
  space: Space;
  registry: Registry;
  /** Conferences whose name begins with this are ours (R10). */
  prefix: string;
  /** Whether callers without a room of their own share one (no CONFERENCE_NAME is set). */
  sharesRoom: boolean;
  /** Milliseconds between two sweeps; 0 means none but the first. */
  intervalMs: number;
  durations: Durations;
  log: Logger;
  /** Looks at a conference. */
  visit(conferenceSid: string): void;
}

/** Finds, without any callback, the conferences that need a look (R9). */
export interface Sweep {
  /**
   * Learns the conferences that are going on, those waiting for a second person included, and has each looked at.
   * Tries until SignalWire answers. Has one request in flight at a time, as a later sweep has.
   *
   * @throws SpaceError when SignalWire refuses our credentials
   */
  first(): Promise<void>;
  /** Sweeps from now on. */
  start(): void;
  stop(): void;
}

const CALL_SID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

export function createSweep(options: SweepOptions): Sweep {
  const { space, registry, prefix, sharesRoom, intervalMs, durations, log, visit } = options;
  const stopping = new AbortController();
  const visits = new Set<NodeJS.Timeout>();
  let next: NodeJS.Timeout | undefined;

  const isOurs = ({ name }: ListedConference) => name.startsWith(prefix);

  async function learn(): Promise<void> {
    // In the order in which a conference goes through them, so that one that begins between the two lists isn't missed.
    const waiting = await space.listConferences('init');
    const inProgress = await space.listConferences('in-progress');
    const ours = [...inProgress, ...waiting].filter(isOurs).toSorted(byAge);
    for (const { sid, name } of ours) registry.track(sid, name);
    for (const { sid } of ours) visit(sid);
    if (sharesRoom) await reopenRoom(ours);
    log.info({ conferences: registry.size }, 'first sweep done');
  }

  // The oldest room wins. One that was asked for by name may look like a CallSid too, but isn't one.
  async function reopenRoom(ours: ListedConference[]): Promise<void> {
    for (const { name } of ours) {
      const callSid = name.slice(prefix.length);
      if (CALL_SID.test(callSid) && (await space.isCall(callSid))) return registry.reopenRoom(name);
    }
  }

  async function round(failures: number): Promise<void> {
    const startedAt = Date.now();
    try {
      const listed = await space.listConferences('in-progress');
      if (stopping.signal.aborted) return;
      plan(listed.filter(isOurs));
      next = setTimeout(round, Math.max(0, startedAt + intervalMs - Date.now()), 0);
    } catch (error) {
      if (stopping.signal.aborted) return;
      const retryInMs = backoff(failures + 1, durations);
      logFailure(log, error, 'the sweep failed', { retryInMs });
      next = setTimeout(round, retryInMs, failures + 1);
    }
  }

  // Conferences that we know are looked at even when the list is without them: that's how we learn that they are over.
  // One that we didn't know is looked at now, as nobody can say for how long it has been wrong.
  function plan(ours: ListedConference[]): void {
    const known = registry.all().map(({ sid }) => sid);
    for (const { sid, name } of ours) {
      const isNew = !registry.get(sid);
      registry.track(sid, name);
      if (isNew) visit(sid);
    }
    for (const sid of known) visitAfter(sid, phase(sid) * intervalMs);
  }

  function visitAfter(sid: string, delayMs: number): void {
    const timer = setTimeout(() => {
      visits.delete(timer);
      if (registry.get(sid)) visit(sid);
    }, delayMs);
    visits.add(timer);
  }

  return {
    async first() {
      for (let failures = 0; !stopping.signal.aborted; failures += 1) {
        try {
          return await learn();
        } catch (error) {
          if (isUnauthorized(error)) throw error;
          const retryInMs = backoff(failures + 1, durations);
          logFailure(log, error, 'the first sweep failed', { retryInMs });
          await delay(retryInMs, undefined, { signal: stopping.signal }).catch(() => {});
        }
      }
    },
    start() {
      if (intervalMs > 0 && !stopping.signal.aborted) next = setTimeout(round, intervalMs, 0);
    },
    stop() {
      stopping.abort();
      clearTimeout(next);
      for (const timer of visits) clearTimeout(timer);
    },
  };
}

// One of which SignalWire says no date that can be read counts as the oldest.
function byAge(a: ListedConference, b: ListedConference): number {
  return (Number(a.createdAt) || 0) - (Number(b.createdAt) || 0);
}

/** Where in the interval a conference is looked at, 0 to 1: the same each time, and spread evenly, as SIDs are random. */
function phase(sid: string): number {
  return Number.parseInt(sid.slice(0, 8), 16) / 0x1_0000_0000;
}
