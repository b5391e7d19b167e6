import type { RecordingState } from '../signalwire/space.js';
import type { KnownRecording } from './known-recording.js';
import { isAsDesired } from './recording-policy.js';

/** After this many refusals in a row, a refusal is no longer treated as temporary. */
const LASTING_REFUSALS = 4;

/** After this many refusals of a failed write, a read that returns the desired state is believed. */
const CONFIRMING_REFUSALS = 2;

/**
 * Whether the recording needs a write (R6). It needs none if the last read returned the desired state, unless an opposite
 * write may still take effect. It also needs none if the same write was acknowledged, repeated, and still contradicted.
 */
export function needsWrite(desired: RecordingState, { observed, lastWrite }: KnownRecording): boolean {
  const isRight = isAsDesired(desired, observed);
  if (lastWrite === undefined) return !isRight;
  const { state, outcome, isRepeat, isReversal, isUncertain, refusals } = lastWrite;
  if (state !== desired) return true;
  // It reads as over, and this write didn't reverse a pause of ours: one refusal proves that it has ended.
  if (refusals > 0 && observed === 'over' && !isReversal) return false;
  // The change is impossible or already made. But a recording that plainly reads as paused when it should run is retried.
  if (refusals >= LASTING_REFUSALS && !(desired === 'in-progress' && observed === 'paused')) return false;
  if (isUncertain) return true;
  // The write failed. After a reversal, even a read that returns the desired state may be outdated, until refusals confirm it.
  if (outcome !== 'acknowledged') return !isRight || (isReversal && refusals < CONFIRMING_REFUSALS);
  // The write was acknowledged, but a read contradicts it: it is repeated once.
  return !isRight && !isRepeat;
}

/** Whether a pause that reads contradict was refused so often that it isn't sent any more. */
export function isGivenUp({ observed, lastWrite }: KnownRecording): boolean {
  return lastWrite?.state === 'paused' && observed === 'in-progress' && lastWrite.refusals >= LASTING_REFUSALS;
}

/** Whether the recording is or may be paused (R2). If so, a join resumes it without reading first. */
export function mayBePaused({ observed, lastWrite }: KnownRecording): boolean {
  return lastWrite === undefined ? observed !== 'in-progress' : lastWrite.state === 'paused';
}
