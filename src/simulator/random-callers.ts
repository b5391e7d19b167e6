import { setTimeout as delay } from 'node:timers/promises';
import type { Call } from './model/resources.js';
import type { Simulator } from './simulator.js';

/** How many are in a room at most. */
const MOST = 4;

/** How long nothing happens in a room, in milliseconds: from this to that. */
const SHORTEST_MS = 800;
const LONGEST_MS = 7000;

/**
 * Lets people come and go in a room, at random. Now and then all have left, and its conference is over.
 *
 * @param url the voice webhook that they call
 * @param stop ends it; those who are in hang up then
 */
export async function comeAndGo(simulator: Simulator, url: string, stop: AbortSignal): Promise<void> {
  const people: Call[] = [];
  while (!stop.aborted) {
    await delay(SHORTEST_MS + Math.random() * (LONGEST_MS - SHORTEST_MS), undefined, { signal: stop }).catch(() => {});
    if (stop.aborted) break;
    const isJoin = people.length === 0 || (people.length < MOST && Math.random() < 0.5);
    if (isJoin) {
      people.push(await simulator.call({ url }));
    } else {
      const [leaver] = people.splice(Math.floor(Math.random() * people.length), 1);
      if (leaver) simulator.hangUp(leaver);
    }
  }
  for (const call of people) simulator.hangUp(call);
}
