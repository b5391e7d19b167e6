import type { Logger } from 'pino';
import type { LinkStatus } from '../copies/link-status.js';
import type { Listener } from '../recorder-events.js';

/**
 * What has stayed the same for this long is logged (ms): copies that come at the same time are one line, and the second attempt to
 * connect says more of why Redis can't be used than the first failure.
 */
const STABLE_MS = 1000;

/**
 * Logs whether the copies of the service are linked, and how many there are: one warning when the link fails, however long that lasts and
 * whatever more is learned of it, and one line when they are linked again.
 *
 * @param status must have received each event before
 */
export function createCopiesLog(log: Logger, status: Pick<LinkStatus, 'current'>): Listener {
  let logged: { ok: boolean; copies: number } | undefined;
  let timer: NodeJS.Timeout | undefined;

  function logCopies(): void {
    const { ok, copies } = status.current();
    if (!ok || (logged?.ok && logged.copies === copies)) return;
    logged = { ok, copies };
    const count = copies === 1 ? 'this copy is alone' : `${copies} copies act as one`;
    log.info({ copies }, `linked by Redis: ${count}`);
  }

  function logFailure(): void {
    const { ok, reason } = status.current();
    if (ok) return;
    logged = { ok, copies: 1 };
    log.warn(`${reason}: each copy works by itself until it's back`);
  }

  return ({ type }) => {
    if (type !== 'copies-changed' && type !== 'copies-unlinked') return;
    clearTimeout(timer);
    if (status.current().ok) {
      timer = setTimeout(logCopies, STABLE_MS).unref();
    } else if (logged?.ok !== false) {
      timer = setTimeout(logFailure, STABLE_MS).unref();
    }
  };
}
