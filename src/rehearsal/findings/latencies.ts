import { type Bracket, joinReportedAt } from '../observations.js';
import type { Question, Result } from './finding.js';
import { ok, subtract, unknown, wrong } from './results.js';

const LIMIT_MS = 5000;

/** How fast the service pauses and resumes. */
export const LATENCIES = {
  pauseLatency: {
    what: 'a pause, after the callback, takes',
    assumes: 'less than 5 s',
    answer: ({ course: { leftAt, pausedAt }, readLag }) =>
      latency(leftAt, pausedAt, readLag, 'the recording was not paused'),
  },
  resumeLatency: {
    what: 'a resume, after the callback, takes',
    assumes: 'less than 5 s',
    answer: ({ seen, course: { third, resumedAt }, readLag }) =>
      third ? latency(joinReportedAt(seen, third), resumedAt, readLag, 'the recording was not resumed') : unknown(),
  },
} satisfies Record<string, Question>;

/**
 * @param from when the callback arrived, and `to` when the service said that the recording had changed (ms since 1970)
 * @param readLag the service may learn from a read, which is late itself, that the recording has changed
 */
function latency(
  from: number | undefined,
  to: number | undefined,
  readLag: Bracket | undefined,
  never: string,
): Result {
  if (from === undefined || to === undefined) return unknown();
  if (to === Number.POSITIVE_INFINITY) return wrong('never', never);
  if (to < from)
    return unknown(null, 'The recording had changed before the callback arrived, so nothing was measured.');
  const whole = { atLeastMs: to - from, atMostMs: to - from };
  if (to - from < LIMIT_MS) return ok(whole);
  const bracket = { ...whole, atLeastMs: subtract(whole, readLag ?? { atLeastMs: 0, atMostMs: 0 }).atLeastMs };
  return bracket.atLeastMs < LIMIT_MS
    ? ok(bracket, 'Single reads lag so far that it may have been seen late.')
    : wrong(bracket, 'speech is lost, or one person alone is recorded, meanwhile');
}
