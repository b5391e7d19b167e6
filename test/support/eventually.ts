import { vi } from 'vitest';

/** Waits until a condition holds, looking every few milliseconds. Gives up after a minute, and says how it failed then. */
export function eventually<Result>(check: () => Result | Promise<Result>): Promise<Result> {
  return vi.waitFor(check, { timeout: 60_000, interval: 5 });
}
