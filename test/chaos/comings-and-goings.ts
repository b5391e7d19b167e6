import { chance } from '../../src/simulator/chance.js';

/** Somebody joins or leaves a room. */
export interface Step {
  /** Milliseconds after the beginning. */
  at: number;
  room: number;
  what: 'joins' | 'leaves';
  /** Counts up with each who joins the room. */
  person: number;
}

/** How long nothing happens in a room between two steps, in milliseconds: from nearly nothing to this. */
const LONGEST_GAP_MS = 5000;

/**
 * People who come and go in some rooms: two at first, then one to four.
 *
 * @param seed the same steps for the same seed
 * @returns the steps, by their time
 */
export function comingsAndGoings(rooms: number, ms: number, seed: number): Step[] {
  const steps: Step[] = [];
  for (let room = 0; room < rooms; room += 1) {
    const present: number[] = [];
    let people = 0;
    let at = chance(seed, 'first', room) * 1000;
    for (let step = 0; at < ms; step += 1) {
      const roll = (what: string) => chance(seed, what, room, step);
      const isJoin = people < 2 || present.length === 1 || (present.length < 4 && roll('joins') < 0.4);
      if (isJoin) {
        present.push(people);
        steps.push({ at, room, what: 'joins', person: people });
        people += 1;
      } else {
        const [person = 0] = present.splice(Math.floor(roll('who') * present.length), 1);
        steps.push({ at, room, what: 'leaves', person });
      }
      // More short gaps than long ones.
      at += 50 + roll('gap') ** 3 * LONGEST_GAP_MS;
    }
  }
  return steps.toSorted((a, b) => a.at - b.at);
}
