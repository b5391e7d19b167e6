/** The waits of the reconciler, in milliseconds, all by the monotonic clock. Tests shrink them. */
export const DEFAULT_DURATIONS = {
  /** How long the report of a leave counts against SignalWire's list, which may lag behind it. */
  leaveReport: 2000,
  /** The same for a join, or an interval where that is shorter: to pause two people who talk costs more than to wait. */
  joinReport: 15_000,
  /** How long after a report has run out the conference is read once more, by the list alone. */
  settle: 200,
  /** A join or leave whose Timestamp is further than this from SignalWire's clock is only a hint to read. */
  stale: 10_000,
  /** The first wait after a failure; it doubles up to `retryMax`. */
  retryFirst: 250,
  retryMax: 4000,
  /** The longest `Retry-After` of SignalWire's that is waited for. */
  retryAfterMax: 5000,
  /** A 404 that lasts this long ends a conference of which nothing is known to be alive. */
  missing: 60_000,
  /** How long the start, and callers right after it, wait for the first discovery. */
  firstDiscovery: 3000,
  /** How long a request to SignalWire may take. */
  request: 5000,
  /** How long a stop waits for what is still to be done. */
  drain: 8000,
};

export type Durations = typeof DEFAULT_DURATIONS;
