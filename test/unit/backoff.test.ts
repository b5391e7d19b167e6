import { describe, expect, it } from 'vitest';
import { backoff } from '../../src/recording/backoff.js';
import { DEFAULT_DURATIONS } from '../../src/recording/durations.js';
import { SpaceError } from '../../src/signalwire/space-error.js';

const unavailable = (retryAfterMs?: number) => new SpaceError('SignalWire answered 503', { status: 503, retryAfterMs });
const wait = (failures: number, error: unknown, random: number, max?: number) =>
  backoff(failures, error, DEFAULT_DURATIONS, () => random, max);

describe('the wait before the next attempt', () => {
  it.each([
    [1, 250, 500],
    [2, 500, 1000],
    [3, 1000, 2000],
    [4, 2000, 4000],
    [5, 2000, 4000],
    [100, 2000, 4000],
  ])('after %i failures is from %i to %i ms', (failures, shortest, longest) => {
    expect(wait(failures, unavailable(), 0)).toBe(shortest);
    expect(wait(failures, unavailable(), 0.5)).toBe((shortest + longest) / 2);
    expect(wait(failures, unavailable(), 1)).toBe(longest);
  });

  it('doubles up to another maximum if one is given', () => {
    expect(wait(100, unavailable(), 1, 60_000)).toBe(60_000);
  });

  it.each([
    [0, 250],
    [100, 250],
    [3000, 3000],
    [3_600_000, 5000],
  ])('with a Retry-After of %i ms is at least %i ms', (retryAfterMs, expected) => {
    expect(wait(1, unavailable(retryAfterMs), 0)).toBe(expected);
  });

  it('does not depend on the kind of error', () => {
    expect(wait(1, new Error('ours'), 0)).toBe(250);
    expect(wait(1, undefined, 0)).toBe(250);
  });
});
