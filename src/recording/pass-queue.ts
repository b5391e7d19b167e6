import PQueue from 'p-queue';
import { SpaceError } from '../signalwire/space-error.js';

/** Why a conference is to be read, the most urgent reason first (R7). */
const PRIORITIES = ['hint', 'retry', 'resync'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** A pass goes before a more urgent one that was queued this much later, so nothing starves. */
const HEAD_START_MS = 1000;

/** Bounds on the passes that run at the same time. A pass has two requests in flight, so requests are bounded at twice this. */
const FIRST_BOUND = 50;
const MIN_BOUND = 5;
const MAX_BOUND = 500;

/** Failures this close together halve the bound only once. */
const MIN_HALVING_INTERVAL_MS = 1000;

/** Runs passes, a bounded number at a time, the most urgent first. */
export interface PassQueue {
  /** @param key must not be queued already */
  add(key: string, priority: Priority, run: () => Promise<void>): void;
  /** Moves a queued pass forward to where it would be if it were added now with this priority. Never moves it back. */
  promote(key: string, priority: Priority): void;
  /** SignalWire answered a pass, so the bound may grow. */
  recordSuccess(): void;
  /** A pass failed. The bound is halved if SignalWire is overloaded. */
  recordFailure(error: unknown): void;
}

/**
 * A queue ordered by deadline. A less urgent pass gets a later deadline. The bound grows while passes wait and SignalWire
 * answers well. It is halved when SignalWire is overloaded, that is, after a 429, a 503 or a time-out.
 */
export function createPassQueue(): PassQueue {
  const queue = new PQueue({ concurrency: FIRST_BOUND });
  const deadlines = new Map<string, number>();
  let halvedAt = -Infinity;

  const deadlineFor = (priority: Priority) => performance.now() + PRIORITIES.indexOf(priority) * HEAD_START_MS;

  return {
    add(key, priority, run) {
      const deadline = deadlineFor(priority);
      deadlines.set(key, deadline);
      void queue.add(
        () => {
          deadlines.delete(key);
          return run();
        },
        { id: key, priority: -deadline },
      );
    },

    promote(key, priority) {
      const deadline = deadlineFor(priority);
      if (deadline >= (deadlines.get(key) ?? -Infinity)) return;
      deadlines.set(key, deadline);
      queue.setPriority(key, -deadline);
    },

    recordSuccess() {
      if (queue.size > 0) queue.concurrency = Math.min(MAX_BOUND, queue.concurrency + 1);
    },

    recordFailure(error) {
      if (!isOverload(error) || performance.now() - halvedAt < MIN_HALVING_INTERVAL_MS) return;
      halvedAt = performance.now();
      queue.concurrency = Math.max(MIN_BOUND, Math.floor(queue.concurrency / 2));
    },
  };
}

function isOverload(error: unknown): boolean {
  return error instanceof SpaceError && (error.status === undefined || error.status === 429 || error.status === 503);
}
