import type { Course } from '../course.js';
import { type Observations, readLagOf } from '../observations.js';
import { CALLBACKS } from './callbacks.js';
import type { Finding, PolicySettings, Question } from './finding.js';
import { LAGS } from './lags.js';
import { LATENCIES } from './latencies.js';
import { RECORDINGS } from './recordings.js';
import { SECONDS } from './seconds.js';
import { WAITING_ALONE } from './waiting-alone.js';
import { WORDS } from './words.js';

/** By the finding's ID, in the order of the table. */
const QUESTIONS: Record<string, Question> = {
  ...WAITING_ALONE,
  ...LAGS,
  ...WORDS,
  ...RECORDINGS,
  ...CALLBACKS,
  ...LATENCIES,
  ...SECONDS,
};

/** Everything that the observations say of the space. Also if the rehearsal was cut short. */
export function findOut(seen: Observations, course: Course, settings: PolicySettings): Finding[] {
  const readLag = readLagOf(seen, course);
  return Object.entries(QUESTIONS).map(([id, { what, assumes, answer }]) => ({
    id,
    what,
    assumes,
    ...answer({ seen, course, settings, readLag }),
  }));
}
