import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { RawSpace } from '../signalwire/raw-space.js';

/** The calls that the rehearsal has placed, and nobody else's. */
export interface PlacedCalls {
  /** Places a call with `send`. @throws what `send` throws */
  place(send: () => Promise<string>): Promise<string>;
  /** Ends one call. @returns whether it is over */
  hangUp(sid: string): Promise<boolean>;
  /** Ends them all, including those that are being placed. @returns the CallSids of those that may still be alive */
  hangUpAll(): Promise<string[]>;
}

/** How often the end of a call is tried, if it is refused (ms). */
const TRY_EVERY_MS = 1000;

const OVER = ['completed', 'canceled', 'busy', 'failed', 'no-answer'];
const call = z.object({ status: z.string() });

/** @param tryForMs for how long the end of a call is tried */
export function createPlacedCalls(space: RawSpace, tryForMs: number): PlacedCalls {
  const alive = new Set<string>();
  const pending = new Set<Promise<string>>();

  async function end(sid: string): Promise<boolean> {
    // A call that hasn't been answered may need `canceled`: the documents name both.
    for (const status of ['completed', 'canceled']) {
      const answer = await space.post(`Calls/${sid}`, { Status: status });
      if (answer && answer.status < 300) return true;
    }
    // It may have been over before.
    const { data } = call.safeParse((await space.get(`Calls/${sid}`))?.body);
    return data !== undefined && OVER.includes(data.status);
  }

  const calls: PlacedCalls = {
    async place(send) {
      const placing = send();
      pending.add(placing);
      try {
        const sid = await placing;
        alive.add(sid);
        return sid;
      } finally {
        pending.delete(placing);
      }
    },
    async hangUp(sid) {
      const until = Date.now() + tryForMs;
      let isOver = await end(sid);
      while (!isOver && Date.now() < until) {
        await delay(TRY_EVERY_MS);
        isOver = await end(sid);
      }
      if (isOver) alive.delete(sid);
      return isOver;
    },
    async hangUpAll() {
      await Promise.allSettled(pending);
      // A call that has just been placed is added after its promise has settled.
      await delay(0);
      await Promise.all([...alive].map(calls.hangUp));
      return [...alive];
    },
  };
  return calls;
}
