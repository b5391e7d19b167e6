import { beforeEach, describe, expect, it } from 'vitest';
import { mayBePaused, needsWrite } from '../../src/recording/decisions.js';
import {
  applyRead,
  beginWrite,
  believedState,
  createKnownRecording,
  type KnownRecording,
  liftWriteLimits,
  markAcknowledged,
} from '../../src/recording/known-recording.js';
import { createPolicyFor, desiredState } from '../../src/recording/recording-policy.js';
import { isFresh } from '../../src/recording/reports.js';
import type { RecordingState } from '../../src/signalwire/space.js';

describe('what the recording should do', () => {
  it.each([
    [0, 2, 'paused'],
    [1, 2, 'paused'],
    [2, 2, 'in-progress'],
    [3, 2, 'in-progress'],
    [1, 1, 'in-progress'],
    [2, 3, 'paused'],
  ] as const)('%i people of at least %i: %s', (people, minParticipants, state) => {
    expect(desiredState(people, createPolicyFor({ minParticipants, pauseBehavior: 'skip' })(undefined))).toBe(state);
  });
});

describe('who counts', () => {
  it.each([
    [{ status: 'in-progress' }, true],
    [{ status: 'connected', hold: true }, true],
    [{ status: 'in-progress', coaching: true }, true],
    [{ status: 'something-new' }, true],
    [{ status: undefined }, true],
    [{ status: 'completed' }, false],
  ])('%j: %s', (given, isIn) => {
    const { counts } = createPolicyFor({ minParticipants: 2, pauseBehavior: 'skip' })('recorded-sales');
    expect(counts({ callSid: 'a', hold: false, coaching: false, ...given })).toBe(isIn);
  });
});

describe('a Timestamp', () => {
  const NOW = 1_700_000_000_000;
  it.each([
    [NOW, true],
    [NOW - 10_000, true],
    [NOW - 10_001, false],
    [NOW + 10_000, true],
    [NOW + 10_001, false],
    [undefined, false],
  ])('%s is fresh: %s', (happenedAt, expected) => {
    expect(isFresh(happenedAt, NOW, 10_000)).toBe(expected);
  });
});

describe('whether the recording is written', () => {
  let recording: KnownRecording;

  beforeEach(() => {
    recording = createKnownRecording('recording', 'in-progress');
  });

  const acknowledged = (state: RecordingState) => markAcknowledged(recording, beginWrite(recording, state));

  /** What a pass does that reads `observed` and desires `desired`. */
  function passWrites(desired: RecordingState, observed: KnownRecording['observed']): boolean {
    applyRead(recording, observed);
    return needsWrite(desired, recording);
  }

  it('is decided by a read alone, where nothing was written', () => {
    expect(passWrites('paused', 'paused')).toBe(false);
    expect(passWrites('paused', 'in-progress')).toBe(true);
    expect(passWrites('in-progress', 'paused')).toBe(true);
    expect(passWrites('in-progress', 'over')).toBe(true);
    expect(passWrites('paused', 'over')).toBe(false);
  });

  it('a read that confirms a pause settles it', () => {
    acknowledged('paused');
    expect(passWrites('paused', 'paused')).toBe(false);
    expect(recording.lastWrite).toBeUndefined();
    expect(passWrites('in-progress', 'in-progress')).toBe(false);
  });

  it('a read that contradicts a pause has it written once more, and then it is believed until a hint', () => {
    acknowledged('paused');
    expect(passWrites('paused', 'in-progress')).toBe(true);
    acknowledged('paused');
    expect(passWrites('paused', 'in-progress')).toBe(false);
    expect(passWrites('paused', 'in-progress')).toBe(false);
    expect(believedState(recording)).toBe('paused');
    liftWriteLimits(recording);
    expect(passWrites('paused', 'in-progress')).toBe(true);
  });

  it('a pause that no read ever showed is undone when it has to be', () => {
    acknowledged('paused');
    expect(mayBePaused(recording)).toBe(true);
    expect(passWrites('in-progress', 'in-progress')).toBe(true);
    acknowledged('in-progress');
    expect(passWrites('in-progress', 'in-progress')).toBe(false);
    expect(mayBePaused(recording)).toBe(false);
  });
});

describe('whether the recording may be paused', () => {
  it.each([
    ['in-progress', false],
    ['paused', true],
    ['over', true],
  ] as const)('where it reads %s: %s', (observed, expected) => {
    expect(mayBePaused(createKnownRecording('recording', observed))).toBe(expected);
  });
});
