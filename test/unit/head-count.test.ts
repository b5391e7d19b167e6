import { describe, expect, it } from 'vitest';
import { headCount } from '../../src/recording/head-count.js';

describe('a participant', () => {
  it.each([
    [{ status: 'in-progress' }, 'counted', 'counted'],
    [{ status: 'connected', hold: true }, 'counted', 'held'],
    [{ status: 'in-progress', coaching: true }, 'counted', 'held'],
    [{ status: 'something-new' }, 'counted', 'counted'],
    [{ status: undefined }, 'counted', 'counted'],
    [{ status: 'completed' }, 'out', 'out'],
    [{ status: 'completed', hold: true }, 'out', 'out'],
  ])('with %j is %s, and with COUNT_HELD=false %s', (given, expected, expectedWithoutHeld) => {
    const participant = { callSid: 'A', hold: false, coaching: false, ...given };
    const place = (countHeld: boolean) => {
      const { counted, held } = headCount([participant], countHeld);
      if (counted.has('a')) return 'counted';
      return held.has('a') ? 'held' : 'out';
    };
    expect([place(true), place(false)]).toEqual([expected, expectedWithoutHeld]);
  });
});
