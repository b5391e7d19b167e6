/** The waits of the reconciler, in milliseconds, all by the monotonic clock. Tests shrink them. */
export interface Durations {
  /** How long the report of a leave counts against SignalWire's list, which may lag behind it. */
  leaveReport: number;
  /** The same for a join, or an interval where that is shorter: to pause two people who talk costs more than to wait. */
  joinReport: number;
  /** How long after a report has run out the conference is read once more, by the list alone. */
  settle: number;
  /** A join or leave whose Timestamp is further than this from SignalWire's clock is only a hint to read. */
  stale: number;
  /** The first wait after a failure; it doubles up to `retryMax`. */
  retryFirst: number;
  retryMax: number;
  /** The longest `Retry-After` of SignalWire's that is waited for. */
  retryAfterMax: number;
  /** A 404 that lasts this long ends a conference of which nothing is known to be alive. */
  missing: number;
  /** How long the start, and callers right after it, wait for the first discovery. */
  firstDiscovery: number;
  /** How long a request to SignalWire may take. */
  request: number;
  /** How long a stop waits for what is still to be done. */
  drain: number;
}

export const DEFAULT_DURATIONS: Durations = {
  leaveReport: 2000,
  joinReport: 15_000,
  settle: 200,
  stale: 10_000,
  retryFirst: 250,
  retryMax: 4000,
  retryAfterMax: 5000,
  missing: 60_000,
  firstDiscovery: 3000,
  request: 5000,
  drain: 8000,
};
