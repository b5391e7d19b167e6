/** Resolves after that many milliseconds. `node:timers/promises` would do the same, but can't be simulated. */
export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}
