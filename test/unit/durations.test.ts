import { expect, it } from 'vitest';
import { DEFAULT_DURATIONS } from '../../src/conferences/durations.js';

it('a word counts two seconds, a look settles after it, and a request to SignalWire may take five', () => {
  expect(DEFAULT_DURATIONS).toEqual({
    word: 2000,
    settle: 2200,
    stale: 10_000,
    retryFirst: 250,
    retryMost: 4000,
    retryAfterMost: 5000,
    firstSweep: 3000,
    request: 5000,
    drain: 8000,
  });
});
