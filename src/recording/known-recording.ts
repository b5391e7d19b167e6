import type { ObservedState, RecordingState } from '../signalwire/space.js';

/** What we know of a conference's recording. */
export interface KnownRecording {
  readonly sid: string;
  /** What the last read said, or what was acknowledged since. */
  observed: ObservedState;
  /** The last pause or resume that was sent, until a read confirms it. */
  lastWrite: Write | undefined;
}

/** A pause or resume, from when it's sent. */
export interface Write {
  readonly state: RecordingState;
  outcome: 'sent' | 'acknowledged' | 'failed';
  /** Whether the write just before it asked for the same and was acknowledged, and counted for sure (R6). */
  isRepeat: boolean;
  /** Whether it follows an opposite write that no read had confirmed: then a read that agrees with it may be an old one. */
  readonly isReversal: boolean;
  /** Whether an opposite write was on its way as well, or may yet be obeyed: then nobody knows which one counts. */
  isUncertain: boolean;
  /** How often in a row SignalWire has refused to do this (404 or 422). */
  refusals: number;
}

/** A recording of which nothing is known but what a callback or a read just said. */
export function knowRecording(sid: string, observed: ObservedState): KnownRecording {
  return { sid, observed, lastWrite: undefined };
}

/** A write sets out. @returns the write, whose outcome the sender has to give */
export function beginWrite(recording: KnownRecording, state: RecordingState): Write {
  const before = recording.lastWrite;
  const isOpposite = before !== undefined && before.state !== state;
  const write: Write = {
    state,
    outcome: 'sent',
    isRepeat: before?.state === state && before.outcome === 'acknowledged' && !before.isUncertain,
    isReversal: isOpposite || (before?.state === state && before.isReversal && isOpen(before)),
    isUncertain: isOpposite && before.outcome !== 'acknowledged',
    refusals: before?.state === state ? before.refusals : 0,
  };
  recording.lastWrite = write;
  return write;
}

/** Whether a write may not have been obeyed, or not last. */
function isOpen({ outcome, isUncertain }: Write): boolean {
  return outcome === 'failed' || isUncertain;
}

/** SignalWire obeyed a write, or said that it has nothing to change. */
export function acknowledge(recording: KnownRecording, write: Write): void {
  write.outcome = 'acknowledged';
  recording.observed = write.state;
  write.refusals = 0;
}

/** Takes a read in that began after the last write was answered. */
export function takeRead(recording: KnownRecording, observed: ObservedState): void {
  const { lastWrite } = recording;
  if (lastWrite && observed !== recording.observed) lastWrite.refusals = 0;
  recording.observed = observed;
  if (!lastWrite || lastWrite.outcome === 'sent' || lastWrite.isUncertain) return;
  const isConfirmed = observed === lastWrite.state && !(lastWrite.outcome === 'failed' && lastWrite.isReversal);
  if (isConfirmed) recording.lastWrite = undefined;
}

/** A hint came: a write that is contradicted or refused may be tried once more (R6). */
export function allowOneMoreWrite(recording: KnownRecording): void {
  if (recording.lastWrite) Object.assign(recording.lastWrite, { isRepeat: false, refusals: 0 });
}

/** What we take the recording to do: what was last acknowledged, until a read confirms it; else what was last read. */
export function believedState({ observed, lastWrite }: KnownRecording): ObservedState {
  return lastWrite?.outcome === 'acknowledged' ? lastWrite.state : observed;
}
