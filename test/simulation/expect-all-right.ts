import { expect } from 'vitest';
import { drawDimensions } from './dimensions.js';
import { runWorld } from './run-world.js';
import { startServiceCopy } from './service-copy.js';
import { addResult, createTally } from './tally.js';

/** How many events a world has at least, on average. */
const EVENTS = 25;

/** Runs the worlds of some seeds, the first and the last of which are given, and fails where anything is wrong in one. */
export async function expectAllRight(first: number, last: number): Promise<void> {
  const total = createTally();
  const problems: string[] = [];
  for (let seed = first; seed <= last; seed += 1) {
    const result = await runWorld(drawDimensions(seed), startServiceCopy);
    addResult(total, result);
    problems.push(...result.problems.map((problem) => `npm run simulate -- --seed ${seed}: ${problem}`));
  }
  // The first few are enough to start with.
  expect(problems.slice(0, 10)).toEqual([]);
  expect(total.events).toBeGreaterThan(EVENTS * (last - first + 1));
}
