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
  /** Whether the write before this one was the same, acknowledged and certain. It is then not repeated again (R6). */
  isRepeat: boolean;
  /**
   * Whether it followed an opposite write that no read had confirmed, or repeats such a write. A read that agrees with it may
   * then be outdated.
   */
  readonly isReversal: boolean;
  /** Whether an opposite write was in flight, or may still take effect. We can't know which of the two takes effect last. */
  isUncertain: boolean;
  /** How many times in a row SignalWire has refused this change (404 or 422). */
  refusals: number;
  /** Whether SignalWire refused this very request, so that it can't take effect later. */
  wasRefused: boolean;
}

/** A recording that we have just learned of from a callback or a read. */
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
    wasRefused: false,
  };
  recording.lastWrite = write;
  return write;
}

/** Whether the write might not have taken effect, or might have been overtaken by another one. */
function isUnresolved({ outcome, isUncertain }: Write): boolean {
  return outcome === 'failed' || isUncertain;
}

/** SignalWire acknowledged the write, or answered that there was nothing to change. */
export function markAcknowledged(recording: KnownRecording, write: Write): void {
  write.outcome = 'acknowledged';
  recording.observed = write.state;
  write.refusals = 0;
}

/** SignalWire refused the write. */
export function markRefused(write: Write): void {
  write.refusals += 1;
  write.wasRefused = true;
}

/** Applies a read. It must have begun after the last write was sent. */
export function applyRead(recording: KnownRecording, observed: ObservedState): void {
  const { lastWrite } = recording;
  if (lastWrite && observed !== recording.observed) lastWrite.refusals = 0;
  recording.observed = observed;
  if (!lastWrite || lastWrite.isUncertain) return;
  const isConfirmed = observed === lastWrite.state && !(lastWrite.outcome === 'failed' && lastWrite.isReversal);
  if (isConfirmed) recording.lastWrite = undefined;
}

/** Whether a read shows that a write which SignalWire did not answer has taken effect. */
export function hasTakenEffect(write: Write | undefined, observed: ObservedState | undefined): write is Write {
  return write?.outcome === 'failed' && !write.wasRefused && write.state === observed;
}

/** After a hint, the last write may be sent again, even if it was refused, or acknowledged and then contradicted (R6). */
export function liftWriteLimits({ lastWrite }: KnownRecording): void {
  if (!lastWrite) return;
  lastWrite.isRepeat = false;
  lastWrite.refusals = 0;
}

/** The state we believe the recording is in: the acknowledged one until a read confirms it, otherwise the last one read. */
export function believedState({ observed, lastWrite }: KnownRecording): ObservedState {
  return lastWrite?.outcome === 'acknowledged' ? lastWrite.state : observed;
}
