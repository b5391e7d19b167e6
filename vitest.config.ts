import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** A safety limit for what hangs: no test comes near it, also on a slow or busy machine. */
const LIMIT_MS = 120_000;

export default defineConfig({
  test: {
    maxWorkers: availableParallelism(),
    testTimeout: LIMIT_MS,
    hookTimeout: LIMIT_MS,
    teardownTimeout: LIMIT_MS,
    expect: { poll: { timeout: LIMIT_MS } },
  },
});
