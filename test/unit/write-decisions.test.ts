import { beforeEach, describe, expect, it } from 'vitest';
import {
  applyRead,
  beginWrite,
  believedState,
  createKnownRecording,
  type KnownRecording,
  liftWriteLimits,
  markAcknowledged,
} from '../../src/recording/known-recording.js';
import { mayBePaused, needsWrite } from '../../src/recording/write-decisions.js';
import type { RecordingState } from '../../src/signalwire/space.js';

describe('a recording', () => {
  let recording: KnownRecording;

  beforeEach(() => {
    recording = createKnownRecording('recording', 'in-progress');
  });

  const acknowledged = (state: RecordingState) => markAcknowledged(recording, beginWrite(recording, state));

  /** Whether a pass that reads `observed` writes, if the recording should be in the state `desired`. */
  function passWrites(desired: RecordingState, observed: KnownRecording['observed']): boolean {
    applyRead(recording, observed);
    return needsWrite(desired, recording);
  }

  it('is written if a read differs from the desired state and nothing was written before', () => {
    expect(passWrites('paused', 'paused')).toBe(false);
    expect(passWrites('paused', 'in-progress')).toBe(true);
    expect(passWrites('in-progress', 'paused')).toBe(true);
    expect(passWrites('in-progress', 'over')).toBe(true);
    expect(passWrites('paused', 'over')).toBe(false);
  });

  it('is not written again once a read confirms a pause', () => {
    acknowledged('paused');
    expect(passWrites('paused', 'paused')).toBe(false);
    expect(recording.lastWrite).toBeUndefined();
    expect(passWrites('in-progress', 'in-progress')).toBe(false);
  });

  it('is paused once more if reads contradict an acknowledged pause, and then not before the next hint', () => {
    acknowledged('paused');
    expect(passWrites('paused', 'in-progress')).toBe(true);
    acknowledged('paused');
    expect(passWrites('paused', 'in-progress')).toBe(false);
    expect(passWrites('paused', 'in-progress')).toBe(false);
    expect(believedState(recording)).toBe('paused');
    liftWriteLimits(recording);
    expect(passWrites('paused', 'in-progress')).toBe(true);
  });

  it('is resumed after a pause that no read has shown', () => {
    acknowledged('paused');
    expect(mayBePaused(recording)).toBe(true);
    expect(passWrites('in-progress', 'in-progress')).toBe(true);
    acknowledged('in-progress');
    expect(passWrites('in-progress', 'in-progress')).toBe(false);
    expect(mayBePaused(recording)).toBe(false);
  });
});

describe('a recording whose last read was', () => {
  it.each([
    ['in-progress', false],
    ['paused', true],
    ['over', true],
  ] as const)('%s may be paused: %s', (observed, expected) => {
    expect(mayBePaused(createKnownRecording('recording', observed))).toBe(expected);
  });
});
