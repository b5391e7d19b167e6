import type { ObservedState, RecordingState } from '../signalwire/space.js';

/** What we know about a conference's recording. */
export interface KnownRecording {
  readonly sid: string;
  /** The state that the last read returned, or that SignalWire has acknowledged since. */
  observed: ObservedState;
  /** The last pause or resume that we sent, until a read confirms it. */
  lastWrite: Write | undefined;
}

/** A pause or resume, from the moment it is sent. */
export interface Write {
  readonly state: RecordingState;
  outcome: 'sent' | 'acknowledged' | 'failed';
  /** Whether the write before this one asked for the same state, was acknowledged, and was not uncertain (R6). */
  isRepeat: boolean;
  /** Whether it followed an opposite write that no read had confirmed. A read that agrees with it may then be outdated. */
  readonly isReversal: boolean;
  /** Whether an opposite write was in flight, or may still be obeyed. We can't know which of the two takes effect last. */
  isUncertain: boolean;
  /** How many times in a row SignalWire has refused this change (404 or 422). */
  refusals: number;
}

/** A recording about which a callback or a read has just told us the first thing. */
export function createKnownRecording(sid: string, observed: ObservedState): KnownRecording {
  return { sid, observed, lastWrite: undefined };
}

/** Registers a write that is about to be sent. @returns the write; the caller sets its outcome */
export function beginWrite(recording: KnownRecording, state: RecordingState): Write {
  const previous = recording.lastWrite;
  const isOpposite = previous !== undefined && previous.state !== state;
  const write: Write = {
    state,
    outcome: 'sent',
    isRepeat: previous?.state === state && previous.outcome === 'acknowledged' && !previous.isUncertain,
    isReversal: isOpposite || (previous?.state === state && previous.isReversal && isUnresolved(previous)),
    isUncertain: isOpposite && previous.outcome !== 'acknowledged',
    refusals: previous?.state === state ? previous.refusals : 0,
  };
  recording.lastWrite = write;
  return write;
}

/** Whether the write may not have been obeyed, or may not have been the last one obeyed. */
function isUnresolved({ outcome, isUncertain }: Write): boolean {
  return outcome === 'failed' || isUncertain;
}

/** SignalWire obeyed the write, or answered that there was nothing to change. */
export function acknowledge(recording: KnownRecording, write: Write): void {
  write.outcome = 'acknowledged';
  recording.observed = write.state;
  write.refusals = 0;
}

/** Applies a read that began after the last write was answered. */
export function applyRead(recording: KnownRecording, observed: ObservedState): void {
  const { lastWrite } = recording;
  if (lastWrite && observed !== recording.observed) lastWrite.refusals = 0;
  recording.observed = observed;
  if (!lastWrite || lastWrite.outcome === 'sent' || lastWrite.isUncertain) return;
  const isConfirmed = observed === lastWrite.state && !(lastWrite.outcome === 'failed' && lastWrite.isReversal);
  if (isConfirmed) recording.lastWrite = undefined;
}

/** A hint arrived, so a write that reads contradict, or that SignalWire refused, may be sent once more (R6). */
export function allowOneMoreWrite(recording: KnownRecording): void {
  if (recording.lastWrite) Object.assign(recording.lastWrite, { isRepeat: false, refusals: 0 });
}

/** The state we believe the recording is in: the acknowledged one until a read confirms it, otherwise the last one read. */
export function believedState({ observed, lastWrite }: KnownRecording): ObservedState {
  return lastWrite?.outcome === 'acknowledged' ? lastWrite.state : observed;
}
