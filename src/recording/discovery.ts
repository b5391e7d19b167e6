import type { Announce } from '../announcements.js';
import type { ConferenceSpace, ListedConference } from '../signalwire/space.js';
import { backoff } from './backoff.js';
import type { Durations } from './durations.js';
import type { Outage } from './outage.js';

export interface DiscoveryOptions {
  space: ConferenceSpace;
  /** Milliseconds from one list to the next; 0 asks once. */
  intervalMs: number;
  durations: Durations;
  random: () => number;
  outage: Outage;
  announce: Announce;
  /** Takes in the conferences on a list, other applications' included. */
  onListed(conferences: ListedConference[]): void;
}

/** Finds conferences of which no callback told (R9). */
export interface Discovery {
  /**
   * Asks for those in progress and for those in which somebody waits, side by side, and again every interval. Resolves when
   * both have been answered once.
   *
   * @throws SpaceError when one fails, `mayEnd` says that this ends the start, and nothing has been answered yet
   */
  start(mayEnd: (error: unknown) => boolean): Promise<void>;
  /** Asks no more; a request under way is left to itself. */
  stop(): void;
}

export function createDiscovery(options: DiscoveryOptions): Discovery {
  const { space, intervalMs, durations, random, outage, announce, onListed } = options;
  const timers = new Set<NodeJS.Timeout>();
  let isStopped = false;

  /** Each status has a loop of its own, so that one which SignalWire refuses doesn't stop the other. */
  function watch(status: 'init' | 'in-progress', mayEnd: (error: unknown) => boolean): Promise<void> {
    const whose = `discovery of ${status}`;
    let failures = 0;

    return new Promise((resolve, reject) => {
      async function list(): Promise<void> {
        const askedAt = performance.now();
        try {
          const conferences = await space.listConferences(status);
          if (isStopped) return;
          failures = 0;
          outage.worked(whose);
          announce({ what: 'discovered' });
          onListed(conferences);
          resolve();
          if (intervalMs > 0) listAt(askedAt + intervalMs);
        } catch (error) {
          if (isStopped) return;
          if (mayEnd(error)) return reject(error);
          failures += 1;
          outage.failed(whose, error);
          announce({ what: 'retried', whose, error });
          listAt(performance.now() + backoff(failures, error, durations, random));
        }
      }

      function listAt(at: number): void {
        const timer = setTimeout(
          () => {
            timers.delete(timer);
            void list();
          },
          Math.max(0, at - performance.now()),
        );
        timers.add(timer);
      }

      void list();
    });
  }

  return {
    async start(mayEnd) {
      await Promise.all([watch('in-progress', mayEnd), watch('init', mayEnd)]);
    },
    stop() {
      isStopped = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
