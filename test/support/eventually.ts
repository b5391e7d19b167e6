import { vi } from 'vitest';

/** Repeats a check every few milliseconds until it succeeds. After a minute it fails with the check's last error. */
export function eventually<Result>(check: () => Result | Promise<Result>): Promise<Result> {
  return vi.waitFor(check, { timeout: 60_000, interval: 5 });
}
