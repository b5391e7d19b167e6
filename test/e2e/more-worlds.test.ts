import { it } from 'vitest';
import { expectAllRight } from '../simulation/expect-all-right.js';

// More of the worlds of test/simulation/worlds.test.ts than a quick run has time for.

it('recordings are right after the storm, callers have met, and nothing is remembered', () =>
  expectAllRight(401, 1000));
