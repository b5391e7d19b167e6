import type { Announce } from '../recorder-events.js';
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
  /** Whether a failure of a first list ends the discovery. */
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

  function watch(status: 'init' | 'in-progress'): Promise<void> {
    const whose = `discovery of ${status}`;
    let isFirst = true;
    let failures = 0;

    return new Promise((resolve, reject) => {
      const listAt = (at: number) => {
        timers.set(
          status,
          setTimeout(() => void list(), Math.max(0, at - performance.now())),
        );
      };

      async function list(): Promise<void> {
        const askedAt = performance.now();
        try {
          const conferences = await space.listConferences(status);
          if (isStopped) return;
          failures = 0;
          announce({ what: 'succeeded', whose });
          announce({ what: 'discovered' });
          onListed(conferences, isFirst);
          isFirst = false;
          resolve();
          if (resyncIntervalMs > 0) listAt(askedAt + resyncIntervalMs);
        } catch (error) {
          if (isStopped) return;
          if (isFirst && isFatal(error)) return reject(error);
          failures += 1;
          announce({ what: 'failed', whose, error });
          listAt(performance.now() + backoff(failures, error, durations, random));
        }
      }

      void list();
    });
  }

  return {
    first: Promise.all([watch('in-progress'), watch('init')]),
    stop() {
      isStopped = true;
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}
