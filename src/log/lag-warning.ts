import type { Logger } from 'pino';
import type { Listener } from '../recorder-events.js';

/** A process that stands still for a moment isn't overloaded, however short the interval (ms). */
const MIN_LAG_MS = 5000;

/**
 * Warns once when conferences are read a whole interval later than they should be, because there is more to read than this process
 * or SignalWire can take, and says when they are read on time again.
 */
export function createLagWarning(log: Logger, resyncIntervalMs: number): Listener {
  const tooLateMs = Math.max(resyncIntervalMs, MIN_LAG_MS);
  let behindSince: number | undefined;
  return (event) => {
    if (event.type !== 'resync-began') return;
    const { lateMs } = event;
    const now = performance.now();
    if (behindSince === undefined && lateMs > tooLateMs) {
      behindSince = now;
      const secondsLate = Math.round(lateMs / 1000);
      log.warn({ secondsLate }, 'overloaded: conferences that nobody reports are read late, and callbacks come first');
    } else if (behindSince !== undefined && lateMs < tooLateMs / 10) {
      const seconds = Math.round((now - behindSince) / 1000);
      log.info({ seconds }, 'no longer overloaded: every conference is read in time again');
      behindSince = undefined;
    }
  };
}
