import type { Announce } from '../announcements.js';
import type { ConferenceSpace, ListedConference } from '../signalwire/space.js';
import { backoff } from './backoff.js';
import type { Durations } from './durations.js';

export interface DiscoveryOptions {
  space: ConferenceSpace;
  /** Milliseconds from one list to the next; 0 asks once. */
  resyncIntervalMs: number;
  durations: Durations;
  random: () => number;
  announce: Announce;
  /** Takes in the conferences on a list, other applications' included; and whether it's the first one of their status. */
  onListed(conferences: ListedConference[], isFirst: boolean): void;
  /** Whether a failure of the first one ends the discovery. */
  isFatal(error: unknown): boolean;
}

/** Finds conferences of which no callback told (R9). */
export interface Discovery {
  /** Resolves when both lists have been read once. @throws SpaceError that is fatal */
  first: Promise<unknown>;
  /** Asks no more; a request under way is left to itself. */
  stop(): void;
}

/**
 * Asks for the conferences in progress and for those in which somebody waits, side by side, and again every interval. Each
 * has a loop of its own, so that one which SignalWire refuses doesn't stop the other.
 */
export function startDiscovery(options: DiscoveryOptions): Discovery {
  const { space, resyncIntervalMs, durations, random, announce, onListed, isFatal } = options;
  const timers = new Map<string, NodeJS.Timeout>();
  let isStopped = false;

  async function list(status: 'init' | 'in-progress', isFirst: boolean, failures: number): Promise<void> {
    const whose = `discovery of ${status}`;
    const askedAt = performance.now();
    const again = (at: number, isFirstThen: boolean, failuresThen: number) =>
      new Promise<void>((resolve, reject) => {
        const next = () => list(status, isFirstThen, failuresThen).then(resolve, reject);
        timers.set(status, setTimeout(next, Math.max(0, at - performance.now())));
      });
    try {
      const conferences = await space.listConferences(status);
      if (isStopped) return;
      announce({ what: 'succeeded', whose });
      announce({ what: 'discovered' });
      onListed(conferences, isFirst);
      if (resyncIntervalMs > 0) void again(askedAt + resyncIntervalMs, false, 0);
    } catch (error) {
      if (isStopped) return;
      if (isFirst && isFatal(error)) throw error;
      announce({ what: 'failed', whose, error });
      return again(performance.now() + backoff(failures + 1, error, durations, random), isFirst, failures + 1);
    }
  }

  return {
    first: Promise.all([list('in-progress', true, 0), list('init', true, 0)]),
    stop() {
      isStopped = true;
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}
