import type { Emit } from '../recorder-events.js';
import type { ConferenceSpace, ListedConference } from '../signalwire/space.js';
import { backoff } from './backoff.js';
import type { Durations } from './durations.js';

export interface DiscoveryOptions {
  space: ConferenceSpace;
  /** Milliseconds from one list to the next; 0 reads each list once. */
  resyncIntervalMs: number;
  durations: Durations;
  random: () => number;
  emit: Emit;
  /** Receives every conference on a list, other applications' included, and whether this is the first list of its status. */
  onListed(conferences: ListedConference[], isFirst: boolean): void;
  /** Whether the failure of a first list ends the discovery. */
  isFatal(error: unknown): boolean;
}

/** Finds conferences that no callback has reported (R9). */
export interface Discovery {
  /** Resolves when both lists have been read once. @throws SpaceError that is fatal */
  first: Promise<unknown>;
  /** Sends no more requests. One in flight is left alone. */
  stop(): void;
}

/**
 * Lists the conferences in progress and those in which somebody waits (`init`), now and at every interval. Each status has a
 * loop of its own, so that SignalWire refusing one list doesn't stop the other.
 */
export function startDiscovery(options: DiscoveryOptions): Discovery {
  const { space, resyncIntervalMs, durations, random, emit, onListed, isFatal } = options;
  const timers = new Map<string, NodeJS.Timeout>();
  let isStopped = false;

  function watch(status: 'init' | 'in-progress'): Promise<void> {
    const subject = `discovery of ${status}`;
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
          emit({ type: 'requests-answered', subject });
          emit({ type: 'conferences-listed' });
          onListed(conferences, isFirst);
          isFirst = false;
          resolve();
          if (resyncIntervalMs > 0) listAt(askedAt + resyncIntervalMs);
        } catch (error) {
          if (isStopped) return;
          if (isFirst && isFatal(error)) return reject(error);
          failures += 1;
          emit({ type: 'requests-failed', subject, error });
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
