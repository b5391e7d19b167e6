// The service's time. Everything on the page goes by it, because the browser's clock may be wrong.

/** The `Date` header is in whole seconds, so smaller differences than this mean nothing (ms). */
const TOLERANCE_MS = 1500;

/** A timer may fire a little early (ms). */
const EARLY_MS = 20;

/** How far the service's clock is ahead of the browser's (ms). */
let aheadMs = 0;

/** The service's time (ms since 1970). */
export function serviceTime() {
  return Date.now() + aheadMs;
}

/** The service's time in whole seconds (ms since 1970). */
export function currentSecond() {
  return Math.floor((serviceTime() + EARLY_MS) / 1000) * 1000;
}

/** Sets the clock by a response that has just arrived. @param {Response} response */
export function syncClock(response) {
  const estimate = Date.parse(response.headers.get('date') ?? '') + 500 - Date.now();
  // A correction of less than that would only let the seconds on the page stumble.
  if (Math.abs(estimate - aheadMs) > TOLERANCE_MS) aheadMs = Math.abs(estimate) > TOLERANCE_MS ? estimate : 0;
}

/**
 * Calls a function now and at the beginning of each second while the page is visible. Never returns.
 *
 * @param {(second: number) => void} tick receives the service's time in whole seconds (ms since 1970)
 */
export async function everySecond(tick) {
  for (;;) {
    while (document.hidden) await visibilityChange();
    const second = currentSecond();
    tick(second);
    await visibilityChange(second + 1000 - serviceTime());
  }
}

/** Waits until the page becomes visible or hidden, but no longer than the timeout. @param {number} [timeoutMs] */
export function visibilityChange(timeoutMs) {
  return new Promise((resolve) => {
    const timer = timeoutMs === undefined ? undefined : setTimeout(done, timeoutMs);
    document.addEventListener('visibilitychange', done);
    function done() {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', done);
      resolve(undefined);
    }
  });
}
