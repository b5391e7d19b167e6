import { describe, expect, it, vi } from 'vitest';
import { backoff } from '../../src/conferences/backoff.js';
import { DEFAULT_DURATIONS } from '../../src/conferences/durations.js';

describe('the wait before the next try', () => {
  it.each([
    [1, 250, 500],
    [2, 500, 1000],
    [3, 1000, 2000],
    [4, 2000, 4000],
    [5, 2000, 4000],
    [100, 2000, 4000],
  ])('is after %i failures somewhere from %i to %i ms', (failures, shortest, longest) => {
    const random = vi.spyOn(Math, 'random');
    random.mockReturnValue(0);
    expect(backoff(failures, DEFAULT_DURATIONS)).toBe(shortest);
    random.mockReturnValue(1);
    expect(backoff(failures, DEFAULT_DURATIONS)).toBe(longest);
    random.mockRestore();
    const waits = Array.from({ length: 50 }, () => backoff(failures, DEFAULT_DURATIONS));
    expect(new Set(waits).size).toBeGreaterThan(10);
  });
});
