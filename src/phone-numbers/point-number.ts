import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { backoff } from '../recording/backoff.js';
import { type PointOptions, pointOnce } from './point-once.js';
import { reasonOf } from './sentences.js';

/**
 * Points a number's voice webhook and its fallback at this service, unless the number belongs to something else. If SignalWire fails,
 * that is logged once, and it is tried again until it works, is refused, or `signal` aborts it. Never rejects: the service is useful
 * with another number, or for outgoing calls, too.
 */
export async function pointNumber(options: PointOptions & { log: Logger }): Promise<void> {
  const { phoneNumber, log, durations, random, signal } = options;
  for (let failures = 0; !signal.aborted; ) {
    try {
      const { level, sentence, before = {} } = await pointOnce(options);
      if (!signal.aborted) log[level](before, sentence);
      return;
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      if (failures === 1) {
        const unknown = `Whether ${phoneNumber} points here is unknown: ${reasonOf(error)}.`;
        log.warn(`${unknown} The service tries again until SignalWire answers.`);
      }
      await delay(backoff(failures, error, durations, random), undefined, { signal }).catch(() => {});
    }
  }
}
