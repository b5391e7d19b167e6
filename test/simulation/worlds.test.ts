import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drawDimensions } from './dimensions.js';
import { expectAllRight } from './expect-all-right.js';
import { runWorld } from './run-world.js';
import { startServiceCopy } from './service-copy.js';
import { addResult, createTally } from './tally.js';

/** Each line of the file begins with a seed. */
const onceFailed = readFileSync(new URL('seeds.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => /^\d/.test(line))
  .map((line) => Number.parseInt(line, 10));

const runSeed = (seed: number) => runWorld(drawDimensions(seed), startServiceCopy);

describe('whatever happens, in every kind of space', () => {
  it('every recording is right after the storm, callers have met, and nothing is remembered', async () => {
    // The rest of a thousand is in test/e2e.
    await expectAllRight(1, 400);
  });

  it.each(onceFailed)('nothing is wrong in the world of seed %i, in which something once was', async (seed) => {
    expect((await runSeed(seed)).problems).toEqual([]);
  });

  it('the same seed has the same story', async () => {
    const runWithStory = async () => (await runWorld(drawDimensions(7), startServiceCopy, { hasStory: true })).story;
    const story = await runWithStory();
    expect(story.length).toBeGreaterThan(100);
    expect(await runWithStory()).toEqual(story);
  });
});

describe('while all is well', () => {
  it('an event costs little more speech than its round trips', async () => {
    const total = createTally();
    for (let seed = 1; seed <= 200; seed += 1) {
      const dimensions = drawDimensions(seed, { kind: 'well', copies: 1, resyncIntervalMs: 30_000 });
      addResult(total, await runWorld({ ...dimensions, latencyMs: 200 }, startServiceCopy));
    }
    expect(total.wrong).toBe(0);
    expect(total.lostMs / total.events).toBeLessThan(60);
  });
});
