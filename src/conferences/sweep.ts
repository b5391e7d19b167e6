import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Announce } from '../announcements.js';
import type { ListedConference, Space } from '../signalwire/space.js';
import { isUnauthorized } from '../signalwire/space-error.js';
import { backoff, retryAfter } from './backoff.js';
import type { Durations } from './durations.js';
import type { Outage } from './outage.js';
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
  announce: Announce;
  outage: Outage;
  /** Has a conference looked at. Whoever looks calls the sweep's `visited` afterwards. */
  visit(conferenceSid: string): void;
}

/** Finds, without any callback, the conferences that need a look (R9). */
export interface Sweep {
  /**
   * Learns the conferences that are going on, those waiting for a second person included, and has each looked at.
   * Tries until SignalWire answers. Has one request in flight at a time, as a later sweep has.
   *
   * @param isAwaited whether somebody would hear of a failure
   * @throws SpaceError when SignalWire refuses our credentials and that is so
   */
  first(isAwaited: () => boolean): Promise<void>;
  /** Sweeps from now on, the first time after an interval. */
  start(): void;
  /** Notes that a conference has been looked at, or needn't be any more. */
  visited(conferenceSid: string): void;
  /** Sweeps no more; a request under way is let be. */
  stop(): void;
}

/** SignalWire's SIDs are UUIDs. Source: its OpenAPI document. */
const CALL_SID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** What an outage knows sweeps by. */
const SWEEP = 'sweep';

/** After so many sweeps on time it's said anew that they are too slow. */
const SWEEPS_TO_RECOVER = 10;

/** Asks nothing until it is told to. */
export function createSweep(options: SweepOptions): Sweep {
  const { space, registry, prefix, sharesRoom, intervalMs, durations, log, announce, outage, visit } = options;
  const stopping = new AbortController();
  const visits = new Set<NodeJS.Timeout>();
  /** Conferences whose look a sweep has asked for and that still wait for it. */
  const unvisited = new Set<string>();
  let sweepsOnTime = SWEEPS_TO_RECOVER;

  const isOurs = ({ name }: ListedConference) => name.startsWith(prefix);

  async function learn(): Promise<void> {
    // In the order in which a conference goes through them, so that one that begins between the two lists isn't missed.
    // That a conference is `init` while one person waits is assumed; the word is in SignalWire's OpenAPI document.
    const waiting = await space.listConferences('init');
    const inProgress = await space.listConferences('in-progress');
    announce({ what: 'swept' });
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

  /** Asks until SignalWire answers, or time is up (ms since 1970). Failures that `mayEnd` says so of end it, too. */
  async function untilAnswered<Answer>(
    ask: () => Promise<Answer>,
    until: number,
    mayEnd: (error: unknown) => boolean = () => false,
  ): Promise<Answer | undefined> {
    for (let failures = 1; !stopping.signal.aborted && Date.now() <= until; failures += 1) {
      try {
        const answer = await ask();
        outage.worked(SWEEP);
        return answer;
      } catch (error) {
        if (stopping.signal.aborted) break;
        if (mayEnd(error)) throw error;
        outage.failed(SWEEP, error);
        announce({ what: 'retried' });
        await pause(Math.max(backoff(failures, durations), retryAfter(error, durations)));
      }
    }
    return undefined;
  }

  /** Looks at the conferences we know, each at its phase, and finds those we don't know; again and again. */
  async function sweepOn(): Promise<void> {
    await pause(intervalMs);
    while (!stopping.signal.aborted) {
      const endsAt = Date.now() + intervalMs;
      sweepsOnTime += 1;
      for (const { sid } of registry.all()) visitAfter(sid, phase(sid) * intervalMs);
      await findUnknown(endsAt);
      await pause(endsAt - Date.now());
    }
  }

  // A conference that we didn't know is looked at now: nobody can say for how long it has been wrong. One that we know is
  // looked at even when the list is without it: that's how we learn that it is over.
  async function findUnknown(until: number): Promise<void> {
    const listed = await untilAnswered(() => space.listConferences('in-progress'), until);
    if (!listed || stopping.signal.aborted) return;
    announce({ what: 'swept' });
    for (const { sid, name } of listed.filter(isOurs)) {
      const isNew = !registry.get(sid);
      registry.track(sid, name);
      if (isNew) visit(sid);
    }
  }

  function visitAfter(sid: string, delayMs: number): void {
    const timer = setTimeout(() => {
      visits.delete(timer);
      if (!registry.get(sid)) return;
      if (unvisited.has(sid)) noteLate();
      unvisited.add(sid);
      visit(sid);
    }, delayMs);
    visits.add(timer);
  }

  // A conference still waits for the look of the sweep before. It isn't asked for twice, so nothing piles up: sweeps just
  // take longer than they should.
  function noteLate(): void {
    if (sweepsOnTime >= SWEEPS_TO_RECOVER && !outage.isOn) {
      log.warn(
        { conferences: registry.size, late: unvisited.size },
        'SignalWire answers too slowly for SWEEP_INTERVAL_SECONDS: sweeps take longer until it is faster',
      );
    }
    sweepsOnTime = 0;
  }

  const pause = (ms: number) => delay(Math.max(0, ms), undefined, { signal: stopping.signal }).catch(() => {});

  return {
    async first(isAwaited) {
      await untilAnswered(learn, Number.POSITIVE_INFINITY, (error) => isAwaited() && isUnauthorized(error));
    },
    start() {
      if (intervalMs > 0) void sweepOn();
    },
    visited(sid) {
      unvisited.delete(sid);
    },
    stop() {
      stopping.abort();
      for (const timer of visits) clearTimeout(timer);
    },
  };
}

// One of which SignalWire says no date that can be read counts as the oldest.
function byAge(a: ListedConference, b: ListedConference): number {
  return (Number(a.createdAt) || 0) - (Number(b.createdAt) || 0);
}

/**
 * Where in the interval a conference is looked at, 0 to 0.9: the same each time, and spread evenly, as SIDs are random.
 * The last tenth is left for the answers.
 */
function phase(sid: string): number {
  return (0.9 * Number.parseInt(sid.slice(0, 8), 16)) / 0x1_0000_0000;
}
