import { SpaceError } from '../signalwire/space-error.js';
import type { Durations } from './durations.js';

/**
 * How long to wait before the next try: doubling from `retryFirst` up to `max`, jittered so that what failed together
 * doesn't come back together, and no shorter than SignalWire's `Retry-After`, within reason.
 *
 * @param failures how many tries have failed in a row, 1 or more
 * @param error what the last one failed with
 * @returns milliseconds
 */
export function backoff(
  failures: number,
  error: unknown,
  { retryFirst, retryMax, retryAfterMax }: Durations,
  random: () => number,
  max = retryMax,
): number {
  const longest = Math.min(max, retryFirst * 2 ** failures);
  const shortest = Math.max(retryFirst, longest / 2);
  const wished = error instanceof SpaceError ? Math.min(error.retryAfterMs ?? 0, retryAfterMax) : 0;
  return Math.max(wished, Math.round(shortest + random() * (longest - shortest)));
}
