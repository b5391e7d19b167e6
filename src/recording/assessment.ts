import type { Assessment, Emit } from '../recorder-events.js';
import { isAsDesired } from './recording-policy.js';

/** SignalWire begins a recording when the first two people are in. Source: its cXML reference, Conference. */
const FIRST_RECORDED = 2;

/** What the actor of a conference knows. Times are in ms of the monotonic clock. */
export interface KnownState extends Omit<Assessment, 'wrongSince'> {
  name: string | undefined;
  /** When the last complete read began; -Infinity before the first. */
  readAt: number;
  /** When SignalWire began to answer 404; undefined if it knows the conference. */
  missingSince: number | undefined;
}

/**
 * Assesses a conference, and emits each assessment that differs from the one before. A conference that was never read, or that
 * SignalWire doesn't know for the moment, may be over or have others in it than we believe: nothing of it counts as wrong.
 *
 * @param missingMs a conference that SignalWire doesn't know for longer, and that isn't over, is assessed as it is believed to be
 */
export function createAssessor(conferenceSid: string, emit: Emit, missingMs: number) {
  let last: (Assessment & { name: string | undefined }) | undefined;
  return ({ readAt, missingSince, ...state }: KnownState): void => {
    const isKnown = missingSince === undefined ? readAt > -Infinity : performance.now() - missingSince >= missingMs;
    const wrongSince = isKnown && !isRight(state) ? (last?.wrongSince ?? Date.now()) : undefined;
    const next = { ...state, wrongSince };
    if (last && isSame(last, next)) return;
    last = next;
    emit({ type: 'conference-assessed', conferenceSid, ...next });
  };
}

function isRight({ people, desired, observed }: Omit<Assessment, 'wrongSince'>): boolean {
  if (observed === undefined) return desired === 'paused' || people < FIRST_RECORDED;
  return isAsDesired(desired, observed);
}

function isSame<State extends object>(a: State, b: State): boolean {
  const values = new Map(Object.entries(b));
  return Object.entries(a).every(([key, value]) => values.get(key) === value);
}
