import { SpaceError } from '../signalwire/space-error.js';
import type { Durations } from './durations.js';

/**
 * How long to wait before the next attempt. The wait doubles from `retryFirst` up to `max`. It is jittered, so that requests
 * that failed together are not retried together, and it honours SignalWire's `Retry-After` up to `retryAfterMax`.
 *
 * @param failures how many attempts have failed in a row, 1 or more
 * @param error the error of the last attempt
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
  const requested = error instanceof SpaceError ? Math.min(error.retryAfterMs ?? 0, retryAfterMax) : 0;
  return Math.max(requested, Math.round(shortest + random() * (longest - shortest)));
}
