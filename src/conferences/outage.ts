import type { Logger } from 'pino';
import { isUnauthorized, SpaceError } from '../signalwire/space-error.js';

/**
 * Says once that SignalWire fails us, and once that it works again, however many tries fail in between. An outage lasts
 * as long as anything that failed hasn't succeeded since.
 */
export interface Outage {
  readonly isOn: boolean;
  /** Notes that something asked for a conference, or for a sweep, failed. */
  failed(whose: string, error: unknown): void;
  /** Notes that what is asked for it works. */
  worked(whose: string): void;
  /** Nothing is asked for it any more. */
  forget(whose: string): void;
}

export function createOutage(log: Logger): Outage {
  const failing = new Set<string>();
  let beganAt: number | undefined;
  let failures = 0;
  let isRefused = false;

  return {
    get isOn() {
      return beganAt !== undefined;
    },

    failed(whose, error) {
      if (!(error instanceof SpaceError)) return log.error({ err: error, whose }, 'something went wrong here');
      failing.add(whose);
      failures += 1;
      const reason = error.message;
      log.debug({ whose, reason }, 'a request failed');
      // With wrong credentials nothing will work until somebody changes them.
      if (isUnauthorized(error) && !isRefused) {
        log.error({ reason }, 'SignalWire refuses our credentials: recordings stay as they are until it takes them');
        isRefused = true;
      } else if (beganAt === undefined) {
        log.warn({ reason }, 'SignalWire fails: recordings stay as they are, and it is tried again until it works');
      }
      beganAt ??= Date.now();
    },

    worked(whose) {
      failing.delete(whose);
      if (beganAt === undefined || failing.size > 0) return;
      const seconds = Math.round((Date.now() - beganAt) / 100) / 10;
      log.info({ seconds, failures }, 'SignalWire works again');
      beganAt = undefined;
      failures = 0;
      isRefused = false;
    },

    forget: (whose) => void failing.delete(whose),
  };
}
