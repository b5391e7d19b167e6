/**
 * What goes wrong in a space. Unless a unit is given, each fault is the share of callbacks or requests that it hits, from 0 (none)
 * to 1 (all). Requests that place or end a call are spared, because without calls there would be nothing to observe.
 */
export interface Faults {
  /** Decides which callbacks and requests are hit. The same seed hits the same ones. */
  seed: number;
  /** Callbacks that are lost without an attempt to send them. */
  drop: number;
  /** Callbacks that are sent twice. */
  double: number;
  /** Callbacks that are sent late, by up to `delayMs`. */
  delay: number;
  delayMs: number;
  /** Callbacks that are sent after the next callback of their conference. */
  reorder: number;
  /** Requests that are answered with 429. */
  tooMany: number;
  /** The `Retry-After` of a 429, in seconds; 0 omits the header. */
  retryAfter: number;
  /** Requests that are answered with 503, as JSON, as HTML or with an empty body. Half of them take effect. */
  unavailable: number;
  /** Requests that are never answered. A third takes effect at once, a third up to `obeyMs` later, and a third never. */
  hang: number;
  obeyMs: number;
  /** Requests whose connection is reset. Half of them take effect; if they fetch audio, it breaks off somewhere. */
  reset: number;
  /** Requests for a recording that are answered with 404. */
  missing: number;
  /** Updates of a recording that are answered with 422. */
  stuck: number;
}

export const NO_FAULTS: Faults = {
  seed: 1,
  drop: 0,
  double: 0,
  delay: 0,
  delayMs: 3000,
  reorder: 0,
  tooMany: 0,
  retryAfter: 1,
  unavailable: 0,
  hang: 0,
  obeyMs: 8000,
  reset: 0,
  missing: 0,
  stuck: 0,
};
