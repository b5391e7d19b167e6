import { onTestFinished, vi } from 'vitest';

/**
 * Stops the monotonic clock until the test is over. Timers go on.
 *
 * @returns a function that advances the clock by that many milliseconds
 */
export function stopTime(): (ms: number) => void {
  let now = performance.now();
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
  onTestFinished(() => clock.mockRestore());
  return (ms) => {
    now += ms;
  };
}
