import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { startCopy } from './copy.js';
import { drawDimensions } from './dimensions.js';
import { runLoad } from './load.js';
import { emptyTally, tally } from './tally.js';
import { runWorld } from './world.js';

/** A seed a line, then what it found. */
const failedOnce = readFileSync(new URL('seeds.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => /^\d/.test(line))
  .map((line) => Number.parseInt(line, 10));

const worldOf = (seed: number) => runWorld(drawDimensions(seed), startCopy);

describe('whatever happens, in whichever space', () => {
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

describe('under load', () => {
  it('nothing starves: 60 conferences, 20 callbacks a second, requests of a second, writes that fail for 8 s', async () => {
    const resyncIntervalMs = 10_000;
    const { longestWrongMs } = await runLoad({
      seed: 1,
      conferences: 60,
      callbacksPerSecond: 20,
      requestMs: 1000,
      resyncIntervalMs,
      durationMs: 180_000,
      lost: 0.02,
      writesFail: { from: 60_000, to: 68_000 },
    });
    // The interval, two seconds, the requests' own time, and as long as the writes failed.
    expect(longestWrongMs).toBeLessThan(resyncIntervalMs + 2000 + 6000 + 8000);
  });

  it('3,000 conferences with an event a minute each are paused within 10 % of the limit', async () => {
    const requestMs = 300;
    const { pausesMs } = await runLoad({
      seed: 1,
      conferences: 3000,
      callbacksPerSecond: 50,
      requestMs,
      resyncIntervalMs: 30_000,
      durationMs: 60_000,
      lost: 0,
    });
    const limitMs = 20 + 1.5 * requestMs;
    expect(pausesMs.length).toBeGreaterThan(800);
    expect(pausesMs[Math.floor(0.95 * pausesMs.length)]).toBeLessThan(1.1 * limitMs);
  });
});
