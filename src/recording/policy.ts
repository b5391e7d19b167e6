import type { RecordingState } from '../signalwire/space.js';
import type { KnownRecording } from './known-recording.js';

/** The state that a recording should be in with this many people in the conference. */
export function desiredState(people: number, minParticipants: number): RecordingState {
  return people >= minParticipants ? 'in-progress' : 'paused';
}

/**
 * Whether a callback's Timestamp is close enough to SignalWire's clock for its report to be treated as news (R2).
 *
 * @param happenedAt ms since 1970; undefined if the callback had no readable Timestamp
 * @param now SignalWire's clock (ms since 1970)
 */
export function isFresh(happenedAt: number | undefined, now: number, staleMs: number): happenedAt is number {
  return happenedAt !== undefined && Math.abs(now - happenedAt) <= staleMs;
}

/** After this many refusals in a row, a refusal is no longer treated as an accident. */
export const LASTING_REFUSALS = 4;

/**
 * Whether the recording needs a write (R6). It needs none if the last read returned the desired state, unless an opposite
 * write may still take effect. It also needs none if the same write was acknowledged, repeated, and still contradicted.
 */
export function needsWrite(desired: RecordingState, { observed, lastWrite }: KnownRecording): boolean {
  const isAsDesired = observed === desired || (observed === 'over' && desired === 'paused');
  if (lastWrite === undefined) return !isAsDesired;
  const { state, outcome, isRepeat, isReversal, isUncertain, refusals } = lastWrite;
  if (state !== desired) return true;
  // A recording that reads as over, though we didn't pause it, gets one resume. Any other recording that keeps refusing, and
  // doesn't plainly read as paused, either can't reach the desired state or is in it already.
  if (refusals > 0 && observed === 'over' && !isReversal) return false;
  if (refusals >= LASTING_REFUSALS && !(desired === 'in-progress' && observed === 'paused')) return false;
  if (isUncertain) return true;
  // A read that returns the desired state may be outdated. After two refusals to change anything, it isn't.
  if (outcome !== 'acknowledged') return !isAsDesired || (isReversal && refusals < 2);
  return !isAsDesired && !isRepeat;
}

/** Whether the recording is or may be paused (R2). If so, a join resumes it without reading first. */
export function mayBePaused({ observed, lastWrite }: KnownRecording): boolean {
  return lastWrite === undefined ? observed !== 'in-progress' : lastWrite.state === 'paused';
}
