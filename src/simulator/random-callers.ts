import { setTimeout as delay } from 'node:timers/promises';
import type { Call } from './model/resources.js';
import type { Simulator } from './simulator.js';

const MAX_IN_ROOM = 4;

/** The range of the pauses between two joins or leaves in a room, in milliseconds. */
const MIN_PAUSE_MS = 800;
const MAX_PAUSE_MS = 7000;

/**
 * Lets callers join and leave a room at random. From time to time everybody has left and the conference ends.
 *
 * @param url the voice webhook that answers the calls
 * @param stop ends the simulation; the remaining callers then hang up
 */
export async function simulateCallers(simulator: Simulator, url: string, stop: AbortSignal): Promise<void> {
  const calls: Call[] = [];
  while (!stop.aborted) {
    const pauseMs = MIN_PAUSE_MS + Math.random() * (MAX_PAUSE_MS - MIN_PAUSE_MS);
    await delay(pauseMs, undefined, { signal: stop }).catch(() => {});
    if (stop.aborted) break;
    const isJoin = calls.length === 0 || (calls.length < MAX_IN_ROOM && Math.random() < 0.5);
    if (isJoin) {
      calls.push(await simulator.call({ url }));
    } else {
      const [leaver] = calls.splice(Math.floor(Math.random() * calls.length), 1);
      if (leaver) simulator.hangUp(leaver);
    }
  }
  for (const call of calls) simulator.hangUp(call);
}
