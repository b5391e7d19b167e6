import { describe, expect, it } from 'vitest';
import { createPolicyFor, desiredState } from '../../src/recording/recording-policy.js';

describe('the desired state of a recording', () => {
  it.each([
    [0, 2, 'paused'],
    [1, 2, 'paused'],
    [2, 2, 'in-progress'],
    [3, 2, 'in-progress'],
    [1, 1, 'in-progress'],
    [2, 3, 'paused'],
  ] as const)('with %i people, if at least %i are needed, is %s', (people, minParticipants, state) => {
    expect(
      desiredState(people, createPolicyFor({ minParticipants, pauseBehavior: 'skip', countHeld: true })(undefined)),
    ).toBe(state);
  });
});
