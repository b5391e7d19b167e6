import PQueue from 'p-queue';
import { SpaceError } from '../signalwire/space-error.js';

/**
 * Why a conference is to be read, the most urgent reason first (R7), and the head start that a pass has: it goes before a more urgent
 * one that was queued this much later (ms). So nothing starves, and under overload, resyncs and then settling reads are as late as
 * this before a hint has to wait.
 */
const HEAD_STARTS = { hint: 0, retry: 1000, settle: 15_000, resync: 30_000 };
export type Priority = keyof typeof HEAD_STARTS;

/** Bounds on the passes that run at the same time. A pass has two requests in flight, so requests are bounded at twice this. */
const FIRST_BOUND = 50;
const MIN_BOUND = 5;
const MAX_BOUND = 500;

/** Failures this close together halve the bound only once. */
const MIN_HALVING_INTERVAL_MS = 1000;

/**
 * When reads take this many times as long as they did at best within the last minute, requests wait for each other, here or at
 * SignalWire. More of them at once would then only take longer, and urgent ones with them.
 */
const SLOW = 2;
const BEST_WINDOW_MS = 60_000;

/** How many of the last reads the average is about. */
const AVERAGED_READS = 20;

/** Runs passes, a bounded number at a time, the most urgent first. */
export interface PassQueue {
  /** @param key must not be queued already */
  add(key: string, priority: Priority, run: () => Promise<void>): void;
  /** Moves a queued pass forward to where it would be if it were added now with this priority. Never moves it back. */
  promote(key: string, priority: Priority): void;
  /** SignalWire answered a pass, so the bound may grow. @param readMs how long its last read took */
  recordSuccess(readMs: number): void;
  /** A pass failed. The bound is halved if SignalWire is overloaded. */
  recordFailure(error: unknown): void;
}

/**
 * A queue ordered by deadline. A less urgent pass gets a later deadline. The bound grows while passes wait and SignalWire
 * answers well, and shrinks to where it began while reads are slow and no hint waits. It is halved when SignalWire is
 * overloaded, that is, after a 429, a 503 or a time-out.
 */
export function createPassQueue(): PassQueue {
  const queue = new PQueue({ concurrency: FIRST_BOUND });
  const deadlines = new Map<string, number>();
  const waitingHints = new Set<string>();
  let halvedAt = -Infinity;
  let averageMs: number | undefined;
  let best = { ms: Infinity, at: -Infinity };

  /** Takes the duration of a read into account. @returns whether reads are slow */
  function isSlow(readMs: number): boolean {
    averageMs = averageMs === undefined ? readMs : averageMs + (readMs - averageMs) / AVERAGED_READS;
    const at = performance.now();
    if (averageMs <= best.ms || at - best.at > BEST_WINDOW_MS) best = { ms: averageMs, at };
    return averageMs > SLOW * best.ms;
  }

  const deadlineFor = (priority: Priority) => performance.now() + HEAD_STARTS[priority];

  return {
    add(key, priority, run) {
      const deadline = deadlineFor(priority);
      deadlines.set(key, deadline);
      if (priority === 'hint') waitingHints.add(key);
      void queue.add(
        () => {
          deadlines.delete(key);
          waitingHints.delete(key);
          return run();
        },
        { id: key, priority: -deadline },
      );
    },

    promote(key, priority) {
      const deadline = deadlineFor(priority);
      if (deadline >= (deadlines.get(key) ?? -Infinity)) return;
      deadlines.set(key, deadline);
      if (priority === 'hint') waitingHints.add(key);
      queue.setPriority(key, -deadline);
    },

    recordSuccess(readMs) {
      const bound = queue.concurrency;
      const isHarmful = isSlow(readMs) && bound >= FIRST_BOUND && waitingHints.size === 0;
      if (isHarmful) queue.concurrency = Math.max(FIRST_BOUND, bound - 1);
      else if (queue.size > 0) queue.concurrency = Math.min(MAX_BOUND, bound + 1);
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
