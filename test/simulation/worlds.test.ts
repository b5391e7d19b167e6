import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drawDimensions } from './dimensions.js';
import { expectAllRight } from './expect-all-right.js';
import { runWorld } from './run-world.js';
import { startServiceCopy } from './service-copy.js';
import { addResult, createTally } from './tally.js';

/** Each line of the file begins with a seed. */
const seedsThatOnceFailed = readFileSync(new URL('seeds.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => /^\d/.test(line))
  .map((line) => Number.parseInt(line, 10));

const runSeed = (seed: number) => runWorld(drawDimensions(seed), startServiceCopy);

describe('in every simulated world', () => {
  it('recordings are right after the storm, callers have met, and nothing is remembered', async () => {
    // The rest of a thousand is in test/e2e.
    await expectAllRight(1, 400);
  });

  it.each([3000, 15_000])(
    'the same holds if callers listen to an announcement of %i ms first',
    async (announcementMs) => {
      for (let seed = 1; seed <= 100; seed += 1) {
        const { problems } = await runWorld(drawDimensions(seed, { announcementMs }), startServiceCopy);
        expect(problems).toEqual([]);
      }
    },
  );

  it('the same holds if people on hold do not count', async () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const { problems } = await runWorld(drawDimensions(seed, { countHeld: false }), startServiceCopy);
      expect(problems).toEqual([]);
    }
  });

  it.each(seedsThatOnceFailed)('nothing is wrong with seed %i, which once failed', async (seed) => {
    expect((await runSeed(seed)).problems).toEqual([]);
  });

  it('the story depends only on the seed', async () => {
    const runWithStory = async () => (await runWorld(drawDimensions(7), startServiceCopy, { hasStory: true })).story;
    const story = await runWithStory();
    expect(story.length).toBeGreaterThan(100);
    expect(await runWithStory()).toEqual(story);
  });
});

describe('in a world without faults', () => {
  it('an event loses less than 60 ms of speech with requests of 200 ms', async () => {
    const total = createTally();
    for (let seed = 1; seed <= 200; seed += 1) {
      const dimensions = drawDimensions(seed, { kind: 'well', copies: 1, resyncIntervalMs: 30_000 });
      addResult(total, await runWorld({ ...dimensions, latencyMs: 200 }, startServiceCopy));
    }
    expect(total.wrong).toBe(0);
    expect(total.lostMs / total.events).toBeLessThan(60);
  });
});
