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

  it('resyncs are late first if SignalWire takes too few requests: pauses and resumes are not, and the log says so', async () => {
    const busy = { from: 20_000, to: 110_000, perSecond: 370 };
    const { busyPausesMs, busyResumesMs, overloads } = await runLoad({
      seed: 1,
      conferences: 2000,
      callbacksPerSecond: 40,
      requestMs: 100,
      resyncIntervalMs: 10_000,
      durationMs: 150_000,
      lost: 0,
      busy,
    });
    const p95 = (times: number[]) => times[Math.floor(0.95 * times.length)];
    // The requests themselves take longer then. But pauses don't wait for resyncs, which are 10 s late and more.
    expect(p95(busyPausesMs)).toBeLessThan(1500);
    expect(p95(busyResumesMs)).toBeLessThan(500);
    const [began, ended, ...others] = overloads;
    expect(began?.message).toMatch(/^overloaded/);
    expect(began?.at).toBeLessThan(busy.to);
    expect(ended?.message).toMatch(/^no longer overloaded/);
    expect(ended?.at).toBeGreaterThan(busy.to);
    expect(others).toEqual([]);
  });
});
