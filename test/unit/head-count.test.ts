import { describe, expect, it } from 'vitest';
import { createPolicyFor } from '../../src/recording/recording-policy.js';

describe('a participant', () => {
  it.each([
    [{ status: 'in-progress' }, true, true],
    [{ status: 'connected', hold: true }, true, false],
    [{ status: 'in-progress', coaching: true }, true, false],
    [{ status: 'something-new' }, true, true],
    [{ status: undefined }, true, true],
    [{ status: 'completed' }, false, false],
  ])('with %j counts: %s, and with COUNT_HELD=false: %s', (given, counts, countsWithoutHeld) => {
    const participant = { callSid: 'a', hold: false, coaching: false, ...given };
    for (const [countHeld, expected] of [
      [true, counts],
      [false, countsWithoutHeld],
    ] as const) {
      const { isCounted } = createPolicyFor({ minParticipants: 2, pauseBehavior: 'skip', countHeld })('recorded-sales');
      expect(isCounted(participant)).toBe(expected);
    }
  });
});
