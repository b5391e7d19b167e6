import { vi } from 'vitest';

/** Waits until a condition holds, looking every few milliseconds; gives up after 10 s and says how it failed. */
export function eventually<Result>(check: () => Result | Promise<Result>): Promise<Result> {
  return vi.waitFor(check, { timeout: 10_000, interval: 5 });
}
