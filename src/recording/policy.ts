import type { Participant, RecordingState } from '../signalwire/space.js';
import type { KnownRecording } from './known-recording.js';

/**
 * Whether somebody on a conference's list counts. Those who are on hold, muted or coaching do; so do those without a
 * status, and with a word that we don't know: to record too much costs less than to record too little.
 */
export function isPresent({ status }: Participant): boolean {
  return status !== 'completed';
}

/** What the recording should do with that many people in. */
export function desiredState(people: number, minParticipants: number): RecordingState {
  return people >= minParticipants ? 'in-progress' : 'paused';
}

/**
 * Whether a Timestamp is near enough to SignalWire's clock for what it says to be taken for what just happened (R2).
 *
 * @param happenedAt ms since 1970; undefined where there was none that could be read
 * @param now SignalWire's clock (ms since 1970)
 */
export function isFresh(happenedAt: number | undefined, now: number, staleMs: number): happenedAt is number {
  return happenedAt !== undefined && Math.abs(now - happenedAt) <= staleMs;
}

/** So many refusals in a row are no longer taken for an accident. */
export const LASTING_REFUSALS = 4;

/**
 * Whether the recording has to be written (R6): not when a read says what is desired, unless an opposite write may still
 * count for more than the read; and not when a write was acknowledged, repeated and contradicted all the same.
 */
export function needsWrite(desired: RecordingState, { observed, lastWrite }: KnownRecording): boolean {
  const isAsDesired = observed === desired || (observed === 'over' && desired === 'paused');
  if (lastWrite === undefined) return !isAsDesired;
  const { state, outcome, isRepeat, isReversal, isUncertain, refusals } = lastWrite;
  if (state !== desired) return true;
  // What reads as over, by no pause of ours, gets one resume. What else goes on refusing, and doesn't plainly read as paused,
  // can't do what it should, or does it already.
  if (refusals > 0 && observed === 'over' && !isReversal) return false;
  if (refusals >= LASTING_REFUSALS && !(desired === 'in-progress' && observed === 'paused')) return false;
  if (isUncertain) return true;
  // A read that agrees may be an old one; when SignalWire refuses twice to change it as well, it isn't.
  if (outcome !== 'acknowledged') return !isAsDesired || (isReversal && refusals < 2);
  return !isAsDesired && !isRepeat;
}

/** Whether the recording is paused as far as we know, or may be (R2): then a join has it resumed without a read. */
export function mayBePaused({ observed, lastWrite }: KnownRecording): boolean {
  return lastWrite === undefined ? observed !== 'in-progress' : lastWrite.state === 'paused';
}
