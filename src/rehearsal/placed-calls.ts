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
  /** Ends them all, also those that were placed without an answer, once they are in the rehearsal's conference. */
  hangUpAll(): Promise<StillAlive>;
}

/** What may still be alive after all. */
export interface StillAlive {
  /** The CallSids of calls whose end SignalWire did not confirm. */
  callSids: string[];
  /** The numbers of phones that may have been called: SignalWire did not say so, and nobody has joined from there. */
  mayRing: string[];
}

/** How often the end of a call is tried, if it is refused, and an unanswered call is looked for (ms). */
const TRY_EVERY_MS = 1000;

const ALIVE = ['queued', 'initiated', 'ringing', 'in-progress'];
const call = z.object({ status: z.string() });
const callList = z.object({ calls: z.array(z.object({ sid: z.string(), status: z.string() })) });
const conferenceList = z.object({ conferences: z.array(z.object({ sid: z.string(), friendly_name: z.string() })) });
const participantList = z.object({ participants: z.array(z.object({ call_sid: z.string() })) });

/**
 * @param conference the name of the rehearsal's conference, which nobody else's call is sent to
 * @param tryForMs for how long the end of a call is tried
 * @param say tells the person what takes longer than it should
 */
export function createPlacedCalls(
  space: RawSpace,
  conference: string,
  tryForMs: number,
  say: (sentence: string) => void,
): PlacedCalls {
  const alive = new Set<string>();
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
    const { data } = callList.safeParse((await space.get('Calls', { From: from, To: to }))?.body);
    return (data?.calls ?? []).filter(({ status }) => ALIVE.includes(status)).map(({ sid }) => sid);
  }

  /** The CallSids, in lower case, of those who are in the rehearsal's conference. */
  async function listParticipants(): Promise<Set<string>> {
    const { data } = conferenceList.safeParse((await space.get('Conferences', { FriendlyName: conference }))?.body);
    const sids = new Set<string>();
    for (const { sid, friendly_name } of data?.conferences ?? []) {
      if (friendly_name !== conference) continue;
      const answer = await space.get(`Conferences/${sid}/Participants`);
      for (const { call_sid } of participantList.safeParse(answer?.body).data?.participants ?? []) {
        sids.add(call_sid.toLowerCase());
      }
    }
    return sids;
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

  /**
   * Ends a call that SignalWire may have placed without saying so. Somebody else may be calling the same phone from the same number:
   * only a call that has joined the rehearsal's conference is surely ours.
   *
   * @returns the phone, if no such call was found
   */
  async function hangUpUnanswered(ends: Ends): Promise<string[]> {
    const isFound = await keepTrying(async () => {
      const [calls, participants] = await Promise.all([listAlive(ends), listParticipants()]);
      const found = calls.filter((sid) => participants.has(sid.toLowerCase()) && !alive.has(sid));
      for (const sid of found) alive.add(sid);
      if (found.length > 0) say('SignalWire had placed that call all the same. Hanging it up.');
      await Promise.all(found.map(hangUp));
      return found.length > 0;
    });
    return isFound ? [] : [ends.to];
  }

  return {
    async place(ends, send) {
      try {
        const sid = await send();
        alive.add(sid);
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
