import { setTimeout as delay } from 'node:timers/promises';
import { redactUrl } from '../log/redact-url.js';
import { backoff } from '../recording/backoff.js';
import type { Durations } from '../recording/durations.js';
import type { PhoneNumber, PhoneNumberSpace } from '../signalwire/space.js';
import { isTransient } from '../signalwire/space-error.js';
import { obstacleTo, readHandler } from './obstacles.js';
import { reasonOf } from './sentences.js';
import { hasFallback, type Target } from './webhook-url.js';

export interface ReadBackOptions {
  space: PhoneNumberSpace;
  durations: Durations;
  random: () => number;
  /** When it aborts, nothing more is changed or read, except by a request in flight. */
  signal: AbortSignal;
}

/**
 * Reads a number again after it was changed, until it is as it should be, or has had `durations.numberLag` to become so: no document
 * says whether a voice webhook takes the calls once it is set, or how far reads lag behind a change.
 *
 * @returns what is still wrong, as a clause; undefined if nothing is
 * @throws SpaceError if SignalWire fails in a way that may mend itself; AbortError
 */
export async function readBack(
  { sid, phoneNumber }: PhoneNumber,
  target: Target,
  { space, durations, random, signal }: ReadBackOptions,
): Promise<string | undefined> {
  const until = performance.now() + durations.numberLag;
  for (let reads = 1; ; reads += 1) {
    const handler = await readHandler(space, phoneNumber);
    const number = await space.fetchPhoneNumber(sid).catch((error: Error) => error);
    for (const failure of [handler, number]) if (isTransient(failure)) throw failure;
    const obstacle =
      number instanceof Error
        ? `it could not be read again: ${reasonOf(number)}`
        : (obstacleTo(number, handler, target) ?? wrongFallback(number, target));
    const waitMs = backoff(reads, undefined, durations, random);
    if (obstacle === undefined || performance.now() + waitMs > until) return obstacle;
    await delay(waitMs, undefined, { signal });
  }
}

function wrongFallback(number: PhoneNumber, target: Target): string | undefined {
  if (hasFallback(number, target)) return undefined;
  return `its fallback is ${redactUrl(number.fallbackUrl) || 'empty'}, with ${number.fallbackMethod}`;
}
