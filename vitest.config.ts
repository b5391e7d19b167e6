import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** A safety limit for what hangs: no test comes near it, also on a slow or busy machine. */
const LIMIT_MS = 300_000;

const limits = { testTimeout: LIMIT_MS, hookTimeout: LIMIT_MS, expect: { poll: { timeout: LIMIT_MS } } };

/** Seconds each, in this order, so that all workers finish together; the others take less than that. */
const LONGEST = [
  'rehearse',
  'hostile',
  'page',
  'rehearsal-findings',
  'rehearsal',
  'rehearsal-calls',
  'process',
  'copies',
  'call',
  'more-worlds',
  'worlds',
  'recording',
  'terminal',
  'load',
  'http-client',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => LONGEST.indexOf(basename(moduleId, '.test.ts'));
    const [long, short] = [files.filter((file) => rank(file) >= 0), files.filter((file) => rank(file) < 0)];
    return [...long.toSorted((one, other) => rank(one) - rank(other)), ...short];
  }
}

export default defineConfig({
  test: {
    maxWorkers: availableParallelism(),
    teardownTimeout: LIMIT_MS,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        // `npm run test:quick`. Express and the SDK are loaded once a worker, not once a file.
        test: {
          name: 'quick',
          include: ['test/{unit,simulation,integration}/**/*.test.ts'],
          isolate: false,
          ...limits,
        },
      },
      {
        // What starts a browser or other processes, or takes long.
        test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], ...limits },
      },
    ],
  },
});
