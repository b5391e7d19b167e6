import type { RecordingState } from '../signalwire/space.js';

/** What a callback said of one caller. */
export interface Word {
  readonly isIn: boolean;
  /** When it happened, by the callback's Timestamp (ms since 1970, whole seconds). */
  readonly happenedAt: number;
  /** When we heard it (ms since 1970). */
  readonly heardAt: number;
}

/** A pause or resume that was sent and that no read has confirmed yet. */
export interface Write {
  readonly state: RecordingState;
  outcome: 'sent' | 'acknowledged' | 'failed';
  /** Whether this state was acknowledged before and is written once more because a read contradicted it. */
  insists: boolean;
}

/**
 * Who is in: SignalWire's list, corrected by what callbacks said a moment ago (R4).
 *
 * @param listed CallSids on SignalWire's list
 * @param words what callbacks said, by CallSid
 * @param heardAfter words heard before this (ms since 1970) no longer count
 */
export function whoIsIn(listed: Iterable<string>, words: ReadonlyMap<string, Word>, heardAfter: number): Set<string> {
  const people = new Set(listed);
  for (const [callSid, word] of words) {
    if (word.heardAt < heardAfter) continue;
    if (word.isIn) people.add(callSid);
    else people.delete(callSid);
  }
  return people;
}

/**
 * Whether a word is news: neither too old, nor heard before, nor overtaken by another word on the same caller (R2).
 * Timestamps are whole seconds; of a join and a leave within one second the leave is believed, as somebody who leaves
 * has joined before.
 */
export function isNews(word: Word, known: Word | undefined, staleAfterMs: number): boolean {
  if (word.heardAt - word.happenedAt > staleAfterMs) return false;
  if (known === undefined || word.happenedAt > known.happenedAt) return true;
  return word.happenedAt === known.happenedAt && known.isIn && !word.isIn;
}

/** What the recording should do with that many people in. */
export function wantedState(people: number, minParticipants: number): RecordingState {
  return people >= minParticipants ? 'in-progress' : 'paused';
}

/**
 * Whether the recording has to be written (R6).
 *
 * Unconfirmed writes are held against what is wanted as well as the read, because a read may lag behind them. A read
 * that goes on contradicting an acknowledged write is answered once more, then the acknowledgement is believed.
 *
 * @param wanted what the recording should do
 * @param read what a read that began after the last write says
 * @param writes those not confirmed by a read, oldest first
 */
export function needsWrite(wanted: RecordingState, read: RecordingState, writes: readonly Write[]): boolean {
  if (writes.some(({ state }) => state !== wanted)) return true;
  if (read === wanted) return false;
  const last = writes.at(-1);
  return !(last?.outcome === 'acknowledged' && last.insists);
}

/**
 * Whether the recording is paused as far as we know (R2): by what was last read or written, or maybe so, because the
 * last write failed on its way.
 *
 * @param read what was read since the last acknowledged write, if anything was
 * @param writes those not confirmed by a read, oldest first
 */
export function mayBePaused(read: RecordingState | undefined, writes: readonly Write[]): boolean {
  const last = writes.at(-1);
  if (last?.outcome === 'sent') return last.state === 'paused';
  return read === 'paused' || last?.state === 'paused' || last?.outcome === 'failed';
}
