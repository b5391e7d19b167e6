import type { Durations } from './durations.js';

/**
 * How long to wait before trying again: doubling, and jittered so that what failed together doesn't come back together.
 *
 * @param failures how many tries had failed before the last one
 * @returns milliseconds
 */
export function backoff(failures: number, { retryFirst, retryMost }: Durations): number {
  const longest = Math.min(retryMost, retryFirst * 2 ** failures);
  return Math.round(longest * (0.5 + Math.random() / 2));
}
