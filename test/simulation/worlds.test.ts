import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { startCopy } from './copy.js';
import { drawDimensions } from './dimensions.js';
import { emptyTally, tally } from './tally.js';
import { runWorld } from './world.js';

/** A seed a line, then what it found. */
const failedOnce = readFileSync(new URL('seeds.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => /^\d/.test(line))
  .map((line) => Number.parseInt(line, 10));

const worldOf = (seed: number) => runWorld(drawDimensions(seed), startCopy);

describe('whatever happens, in every kind of space', () => {
  it('every recording is right after the storm, callers have met, and nothing is remembered', async () => {
    const total = emptyTally();
    const problems: string[] = [];
    for (let seed = 1; seed <= 1000; seed += 1) {
      const outcome = await worldOf(seed);
      tally(total, outcome);
      problems.push(...outcome.problems.map((problem) => `npm run simulate -- --seed ${seed}: ${problem}`));
    }
    expect(problems).toEqual([]);
    expect(total.events).toBeGreaterThan(25_000);
  });

  it.each(failedOnce)('all is right in the world of seed %i, too, in which it once was not', async (seed) => {
    expect((await worldOf(seed)).problems).toEqual([]);
  });

  it('the same seed has the same story', async () => {
    const tell = async () => (await runWorld(drawDimensions(7), startCopy, { tellsStory: true })).story;
    const story = await tell();
    expect(story.length).toBeGreaterThan(100);
    expect(await tell()).toEqual(story);
  });
});

describe('while all is well', () => {
  it('an event costs hardly more speech than the round trips that it takes', async () => {
    const total = emptyTally();
    for (let seed = 1; seed <= 200; seed += 1) {
      const dimensions = drawDimensions(seed, { kind: 'well', copies: 1, resyncIntervalMs: 30_000 });
      tally(total, await runWorld({ ...dimensions, latencyMs: 200 }, startCopy));
    }
    expect(total.wrong).toBe(0);
    expect(total.lostMs / total.events).toBeLessThan(60);
  });
});
