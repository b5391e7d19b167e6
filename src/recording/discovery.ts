import type { Emit } from '../recorder-events.js';
import type { ConferenceSpace, ListedConference } from '../signalwire/space.js';
import { backoff } from './backoff.js';
import type { Durations } from './durations.js';
import type { Sharing } from './sharing.js';

export interface DiscoveryOptions {
  space: ConferenceSpace;
  /** Milliseconds from one list to the next; 0 reads each list once. */
  resyncIntervalMs: number;
  durations: Durations;
  random: () => number;
  emit: Emit;
  sharing: Sharing;
  /** Receives every conference on a list, other applications' included, and whether this is the first list of its status. */
  onListed(conferences: ListedConference[], isFirst: boolean): void;
  /** Whether the failure of a first list ends the discovery. */
  isFatal(error: unknown): boolean;
}

/** Finds conferences that no callback has reported (R9). */
export interface Discovery {
  /** Resolves when both lists have been read once. @throws SpaceError that is fatal */
  first: Promise<unknown>;
  /** Another copy has listed the conferences of that status. */
  othersListed(status: string): void;
  /** Sends no more requests. One in flight is left alone. */
  stop(): void;
}

/**
 * Lists the conferences in progress and those in which somebody waits (`init`), now and at every interval. Each status has a
 * loop of its own, so that SignalWire refusing one list doesn't stop the other.
 */
export function startDiscovery(options: DiscoveryOptions): Discovery {
  const { space, resyncIntervalMs, durations, random, emit, sharing, onListed, isFatal } = options;
  const timers = new Map<string, NodeJS.Timeout>();
  /** When another copy last listed the conferences of a status (ms, monotonic). */
  const othersListedAt = new Map<string, number>();
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

      /** When the list of another copy is so old that we make one ourselves; undefined if this is our job. */
      function othersDeadline(): number | undefined {
        const at = othersListedAt.get(status);
        return at === undefined || sharing.isOurs(subject)
          ? undefined
          : at + resyncIntervalMs + (1 + random()) * durations.resyncGrace;
      }

      async function list(): Promise<void> {
        const askedAt = performance.now();
        const laterAt = isFirst ? undefined : othersDeadline();
        if (laterAt !== undefined && laterAt > askedAt) return listAt(laterAt);
        try {
          const conferences = await space.listConferences(status);
          if (isStopped) return;
          failures = 0;
          emit({ type: 'requests-answered', subject });
          emit({ type: 'conferences-listed' });
          onListed(conferences, isFirst);
          sharing.publish({ type: 'listed', status });
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
    othersListed: (status) => void othersListedAt.set(status, performance.now()),
    stop() {
      isStopped = true;
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}
