import { describe, expect, it } from 'vitest';
import { createPolicyFor } from '../../src/recording/recording-policy.js';

describe('a participant', () => {
  it.each([
    [{ status: 'in-progress' }, true],
    [{ status: 'connected', hold: true }, true],
    [{ status: 'in-progress', coaching: true }, true],
    [{ status: 'something-new' }, true],
    [{ status: undefined }, true],
    [{ status: 'completed' }, false],
  ])('with %j counts: %s', (given, expected) => {
    const { isCounted } = createPolicyFor({ minParticipants: 2, pauseBehavior: 'skip' })('recorded-sales');
    expect(isCounted({ callSid: 'a', hold: false, coaching: false, ...given })).toBe(expected);
  });
});
