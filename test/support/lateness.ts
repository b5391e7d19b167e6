import { onTestFinished } from 'vitest';

const TICK_MS = 20;

/**
 * Measures how busy this machine is, for a test that says how long something may take.
 *
 * @returns for how long our own timers have been late since then, altogether (ms)
 */
export function measureLateness(): () => number {
  let lateMs = 0;
  let dueAt = performance.now() + TICK_MS;
  const timer = setInterval(() => {
    const now = performance.now();
    // A few milliseconds are normal.
    if (now - dueAt > TICK_MS) lateMs += now - dueAt;
    dueAt = now + TICK_MS;
  }, TICK_MS);
  onTestFinished(() => clearInterval(timer));
  return () => lateMs;
}
