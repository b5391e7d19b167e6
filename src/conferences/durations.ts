/** The waits of the reconciler, in milliseconds. Tests shrink them. */
export interface Durations {
  /** How long a callback's word on who is in counts against SignalWire's list, which may lag behind it. */
  word: number;
  /** After the last hint, when to look once more, by the list alone. Longer than `word`. */
  settle: number;
  /** A join or leave older than this is only a hint to look. */
  stale: number;
  /** The first wait after a failed try; it doubles up to `retryMost`. */
  retryFirst: number;
  retryMost: number;
  /** The longest `Retry-After` of SignalWire's that is waited for. */
  retryAfterMost: number;
  /** How long the start waits for the first sweep. */
  firstSweep: number;
  /** How long a request to SignalWire may take. */
  request: number;
  /** How long a stop waits for what is still to be done. */
  drain: number;
}

export const DEFAULT_DURATIONS: Durations = {
  word: 2000,
  settle: 2200,
  stale: 10_000,
  retryFirst: 250,
  retryMost: 4000,
  retryAfterMost: 5000,
  firstSweep: 3000,
  request: 5000,
  drain: 8000,
};
