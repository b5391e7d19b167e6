import { onTestFinished, vi } from 'vitest';

/**
 * Stops the monotonic clock until the test is over; timers and whatever else the machine does go on.
 *
 * @returns lets so many milliseconds pass on it
 */
export function stopTime(): (ms: number) => void {
  let now = performance.now();
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
  onTestFinished(() => clock.mockRestore());
  return (ms) => {
    now += ms;
  };
}
