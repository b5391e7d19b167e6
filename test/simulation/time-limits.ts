import type { Dimensions } from './dimensions.js';

/** How long things may take in a world, in milliseconds. */
export interface TimeLimits {
  /** The lag until the REST API shows a change. */
  lagMs: number;
  /** The time that the requests of a correction take. */
  requestsMs: number;
  /** The longest time that a recording may be wrong. */
  correctionMs: number;
}

export function timeLimits({ traits, resyncIntervalMs, latencyMs }: Dimensions): TimeLimits {
  const { listLagMs, readLagMs, unknownMs, resumedReads, resumedLateMs } = traits;
  const lateMs = resumedReads === 'paused' ? resumedLateMs : 0;
  const lagMs = Math.max(listLagMs, readLagMs) + Math.max(unknownMs, lateMs);
  const requestsMs = 5000 + 10 * latencyMs;
  return { lagMs, requestsMs, correctionMs: resyncIntervalMs + lagMs + 2000 + requestsMs };
}
