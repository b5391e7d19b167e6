import { SpaceError } from '../signalwire/space-error.js';
import type { Durations } from './durations.js';

/**
 * How long to wait before trying again: doubling from `retryFirst` to `retryMost`, and jittered so that what failed
 * together doesn't come back together.
 *
 * @param failures how many tries have failed in a row, 1 or more
 * @returns milliseconds
 */
export function backoff(failures: number, { retryFirst, retryMost }: Durations): number {
  const longest = Math.min(retryMost, retryFirst * 2 ** failures);
  const shortest = Math.max(retryFirst, longest / 2);
  return Math.round(shortest + Math.random() * (longest - shortest));
}

/** How much longer SignalWire wants not to be asked (`Retry-After`), within reason, in milliseconds. */
export function retryAfter(error: unknown, { retryAfterMost }: Durations): number {
  return error instanceof SpaceError ? Math.min(error.retryAfterMs ?? 0, retryAfterMost) : 0;
}
