import PQueue from 'p-queue';
import { SpaceError } from '../signalwire/space-error.js';

/** Why a conference is read, the most urgent first (R7). */
export const URGENCIES = ['hint', 'retry', 'resync'] as const;
export type Urgency = (typeof URGENCIES)[number];

/** What waits for this much longer than something more urgent goes before it, so nothing starves. */
const HEAD_START_MS = 1000;

/** How many passes go on at once: a pass has two requests in flight, so these are half the requests. */
const FIRST_BOUND = 50;
const MIN_BOUND = 5;
const MAX_BOUND = 500;

/** The bound is halved once for all that fails together. */
const HALVE_AT_MOST_EVERY_MS = 1000;

/** Work on conferences, so much at once, the most urgent first. */
export interface UrgencyQueue {
  /** @param key must not be waiting already */
  add(key: string, urgency: Urgency, run: () => Promise<void>): void;
  /** Lets what is waiting go as early as if it came now, with this urgency. Where it had to go earlier it still does. */
  hasten(key: string, urgency: Urgency): void;
  /** How SignalWire answered: undefined for well. */
  onAnswer(error: unknown): void;
}

/**
 * A queue ordered by deadline. Less urgent work gets a later deadline, so work that has waited long passes fresh work. The
 * bound grows while work waits and SignalWire answers well, and is halved when it's overloaded: by 429, 503 or a time-out.
 */
export function createUrgencyQueue(): UrgencyQueue {
  const queue = new PQueue({ concurrency: FIRST_BOUND });
  const deadlines = new Map<string, number>();
  let halvedAt = Number.NEGATIVE_INFINITY;

  const deadlineOf = (urgency: Urgency) => performance.now() + URGENCIES.indexOf(urgency) * HEAD_START_MS;

  return {
    add(key, urgency, run) {
      const deadline = deadlineOf(urgency);
      deadlines.set(key, deadline);
      void queue.add(
        () => {
          deadlines.delete(key);
          return run();
        },
        { id: key, priority: -deadline },
      );
    },

    hasten(key, urgency) {
      const deadline = deadlineOf(urgency);
      if (deadline >= (deadlines.get(key) ?? Number.NEGATIVE_INFINITY)) return;
      deadlines.set(key, deadline);
      queue.setPriority(key, -deadline);
    },

    onAnswer(error) {
      if (error === undefined) {
        if (queue.size > 0) queue.concurrency = Math.min(MAX_BOUND, queue.concurrency + 1);
      } else if (isOverload(error) && performance.now() - halvedAt >= HALVE_AT_MOST_EVERY_MS) {
        halvedAt = performance.now();
        queue.concurrency = Math.max(MIN_BOUND, Math.floor(queue.concurrency / 2));
      }
    },
  };
}

function isOverload(error: unknown): boolean {
  return error instanceof SpaceError && (error.status === undefined || error.status === 429 || error.status === 503);
}
