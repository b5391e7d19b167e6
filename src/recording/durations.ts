/** How long the service waits, in milliseconds of the monotonic clock. Tests shorten these. */
export const DEFAULT_DURATIONS = {
  /** How long a reported leave overrides SignalWire's list of participants, which may lag behind callbacks. */
  leaveReport: 2000,
  /**
   * How long a reported join does, or one interval if that is shorter. It is longer than for a leave because pausing while two
   * people talk costs more than waiting.
   */
  joinReport: 15_000,
  /** How long after a report expires the conference is read again, trusting the list alone. */
  settle: 200,
  /** A join or leave whose Timestamp is further than this from SignalWire's clock is only a hint to read. */
  stale: 10_000,
  /** The first wait after a failure. It doubles up to `retryMax`. */
  retryFirst: 250,
  retryMax: 4000,
  /** The longest `Retry-After` that we honour. */
  retryAfterMax: 5000,
  /** A 404 that lasts this long ends a conference, if nothing suggests that it is in progress. */
  missing: 60_000,
  /** How long after a report, or after a resync was due, another copy than the one that works on a conference reads it. */
  reportGrace: 2000,
  resyncGrace: 1000,
  /** How long the start, and the callers right after it, wait for the first discovery. */
  firstDiscovery: 3000,
  /** How long something may be wrong before it is a problem. A change that needs a retry or two takes less. */
  tolerated: 5000,
  /** How long a phone number that was just pointed here may read as it did before. Then it is a warning. */
  numberLag: 15_000,
  /** How long a request to SignalWire may take. */
  request: 5000,
  /** How long a stop waits for unfinished work. */
  drain: 8000,
};

export type Durations = typeof DEFAULT_DURATIONS;
