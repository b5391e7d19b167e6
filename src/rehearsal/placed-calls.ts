import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { mayHavePlaced } from '../signalwire/place-call.js';
import type { RawSpace } from '../signalwire/raw-space.js';
import { CALL_OVER } from './observations.js';

/** Whom a call connects: both numbers in E.164 form. */
export interface Ends {
  from: string;
  to: string;
}

/** The calls that the rehearsal has placed, and nobody else's. */
export interface PlacedCalls {
  /** Places a call with `send`. @throws what `send` throws */
  place(ends: Ends, send: () => Promise<string>): Promise<string>;
  /** Ends one call. @returns whether it is over */
  hangUp(sid: string): Promise<boolean>;
  /** Ends them all, also those that may have been placed without an answer. */
  hangUpAll(): Promise<StillAlive>;
}

/** What may still be alive after all. */
export interface StillAlive {
  /** The CallSids of calls whose end SignalWire did not confirm. */
  callSids: string[];
  /** The numbers of phones that may have been called: SignalWire did not say so, and lists no such call. */
  mayRing: string[];
}

/** How often the end of a call is tried, if it is refused, and an unanswered call is looked for (ms). */
const TRY_EVERY_MS = 1000;

const ALIVE = ['queued', 'initiated', 'ringing', 'in-progress'];
const call = z.object({ status: z.string() });
const list = z.object({ calls: z.array(z.object({ sid: z.string(), status: z.string() })) });

/**
 * @param tryForMs for how long the end of a call is tried
 * @param say tells the person what takes longer than it should
 */
export function createPlacedCalls(space: RawSpace, tryForMs: number, say: (sentence: string) => void): PlacedCalls {
  const alive = new Set<string>();
  const known = new Set<string>();
  const unanswered: Ends[] = [];
  let isTrouble = false;

  async function end(sid: string): Promise<boolean> {
    // A call that hasn't been answered may need `canceled`: the documents name both.
    for (const status of ['completed', 'canceled']) {
      const answer = await space.post(`Calls/${sid}`, { Status: status });
      if (answer && answer.status < 300) return true;
    }
    // It may have been over before.
    const { data } = call.safeParse((await space.get(`Calls/${sid}`))?.body);
    return data !== undefined && CALL_OVER.includes(data.status);
  }

  /** The CallSids of the calls between two numbers that are alive. */
  async function listAlive({ from, to }: Ends): Promise<string[]> {
    const { data } = list.safeParse((await space.get('Calls', { From: from, To: to }))?.body);
    return (data?.calls ?? []).filter(({ status }) => ALIVE.includes(status)).map(({ sid }) => sid);
  }

  /** Tries something again and again, until it is done or the time is up. @returns whether it is done */
  async function keepTrying(attempt: () => Promise<boolean>): Promise<boolean> {
    const until = Date.now() + tryForMs;
    while (!(await attempt())) {
      if (!isTrouble) say(`SignalWire does not confirm that every call is over. Trying for ${tryForMs / 1000} s.`);
      isTrouble = true;
      if (Date.now() >= until) return false;
      await delay(TRY_EVERY_MS);
    }
    return true;
  }

  async function hangUp(sid: string): Promise<boolean> {
    const isOver = await keepTrying(() => end(sid));
    if (isOver) alive.delete(sid);
    return isOver;
  }

  /** Ends a call that SignalWire may have placed without saying so. @returns the phone, if no such call was found */
  async function hangUpUnanswered(ends: Ends): Promise<string[]> {
    const isFound = await keepTrying(async () => {
      const found = (await listAlive(ends)).filter((sid) => !known.has(sid));
      for (const sid of found) alive.add(sid);
      if (found.length > 0) say('SignalWire had placed that call all the same. Hanging it up.');
      await Promise.all(found.map(hangUp));
      return found.length > 0;
    });
    return isFound ? [] : [ends.to];
  }

  return {
    async place(ends, send) {
      // Somebody else may be calling the same phone.
      for (const sid of await listAlive(ends)) known.add(sid);
      try {
        const sid = await send();
        alive.add(sid);
        known.add(sid);
        return sid;
      } catch (error) {
        if (mayHavePlaced(error)) unanswered.push(ends);
        throw error;
      }
    },
    hangUp,
    async hangUpAll() {
      const [mayRing] = await Promise.all([
        Promise.all(unanswered.map(hangUpUnanswered)),
        Promise.all([...alive].map(hangUp)),
      ]);
      return { callSids: [...alive], mayRing: mayRing.flat() };
    },
  };
}
