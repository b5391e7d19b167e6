import type { Logger } from 'pino';
import type { Announce } from '../announcements.js';
import { isUnauthorized, SpaceError } from '../signalwire/space-error.js';

/**
 * Says once that SignalWire fails us, and once that it works again, however many tries fail in between. One failure that
 * the next try makes good isn't spoken of. An outage lasts as long as anything that failed hasn't succeeded since.
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

/** Begins with nothing failing. It speaks in the log, and announces the same. */
export function createOutage(log: Logger, announce: Announce): Outage {
  /** How often in a row each has failed. */
  const failing = new Map<string, number>();
  let beganAt = 0;
  let failures = 0;
  let isSaid = false;
  let isRefused = false;

  function say(): void {
    if (!isSaid) announce({ what: 'failing' });
    isSaid = true;
  }

  return {
    get isOn() {
      return failing.size > 0;
    },

    failed(whose, error) {
      if (!(error instanceof SpaceError)) return log.error({ err: error, whose }, 'something went wrong here');
      if (failing.size === 0 && !isSaid) beganAt = Date.now();
      const inARow = (failing.get(whose) ?? 0) + 1;
      failing.set(whose, inARow);
      failures += 1;
      const reason = error.message;
      log.debug({ whose, reason }, 'a request failed');
      // With wrong credentials nothing will work until somebody changes them.
      if (isUnauthorized(error) && !isRefused) {
        log.error({ reason }, 'SignalWire refuses our credentials: recordings stay as they are until it takes them');
        isRefused = true;
        say();
      } else if (inARow > 1 && !isSaid) {
        log.warn({ reason }, 'SignalWire fails: recordings stay as they are, and it is tried again until it works');
        say();
      }
    },

    worked(whose) {
      failing.delete(whose);
      if (failing.size > 0) return;
      const seconds = Math.round((Date.now() - beganAt) / 100) / 10;
      if (isSaid) {
        log.info({ seconds, failures }, 'SignalWire works again');
        announce({ what: 'working' });
      }
      failures = 0;
      isSaid = false;
      isRefused = false;
    },

    forget: (whose) => void failing.delete(whose),
  };
}
