import { describe, expect, it } from 'vitest';
import { runLoad } from './load.js';

describe('under load', () => {
  it('no conference starves: 60 conferences, 20 callbacks per second, 1 s per request, and writes that fail for 8 s', async () => {
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
    // The interval, two seconds, the time that the requests take, and the time in which writes failed.
    expect(longestWrongMs).toBeLessThan(resyncIntervalMs + 2000 + 6000 + 8000);
  });

  it('pauses take at most 10 % longer than the limit with 3,000 conferences and one event per minute in each', async () => {
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
