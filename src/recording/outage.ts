import type { Announce } from '../announcements.js';
import { isUnauthorized, SpaceError } from '../signalwire/space-error.js';

/**
 * Announces once that SignalWire fails us, and once that it works again, however many tries fail in between. One failure
 * after which the next try succeeds isn't announced. An outage lasts as long as anything that failed hasn't succeeded since.
 */
export interface Outage {
  readonly isOn: boolean;
  /** A request for a conference, or for discovery, failed and will be tried again. */
  failed(whose: string, error: unknown): void;
  /** What is asked for it works. */
  worked(whose: string): void;
  /** Nothing is asked for it any more. */
  forget(whose: string): void;
}

/** Begins with nothing failing. */
export function createOutage(announce: Announce): Outage {
  /** How often in a row each has failed. */
  const failing = new Map<string, number>();
  let beganAt = 0;
  let failures = 0;
  let isAnnounced = false;
  let isRefused = false;

  return {
    get isOn() {
      return failing.size > 0;
    },

    failed(whose, error) {
      if (!(error instanceof SpaceError)) return;
      if (failing.size === 0 && !isAnnounced) beganAt = performance.now();
      const inARow = (failing.get(whose) ?? 0) + 1;
      failing.set(whose, inARow);
      failures += 1;
      // With wrong credentials nothing will work until somebody changes them.
      const isNewlyRefused = isUnauthorized(error) && !isRefused;
      if (!isNewlyRefused && (inARow === 1 || isAnnounced)) return;
      isRefused ||= isNewlyRefused;
      isAnnounced = true;
      announce({ what: 'failing', isRefused: isNewlyRefused, reason: error.message });
    },

    worked(whose) {
      failing.delete(whose);
      if (failing.size > 0) return;
      const seconds = Math.round((performance.now() - beganAt) / 100) / 10;
      if (isAnnounced) announce({ what: 'working', seconds, failures });
      failures = 0;
      isAnnounced = false;
      isRefused = false;
    },

    forget: (whose) => void failing.delete(whose),
  };
}
