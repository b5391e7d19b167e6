import { joinReportedAt } from '../observations.js';
import type { Question, Result } from './finding.js';
import { ok, unknown, wrong } from './results.js';

/** How fast the service pauses and resumes. */
export const LATENCIES = {
  pauseLatency: {
    what: 'a pause, after the callback, takes',
    assumes: 'less than 5 s',
    answer: ({ course: { leftAt, pausedAt } }) => latency(leftAt, pausedAt, 'the recording was not paused'),
  },
  resumeLatency: {
    what: 'a resume, after the callback, takes',
    assumes: 'less than 5 s',
    answer: ({ seen, course: { third, resumedAt } }) =>
      third ? latency(joinReportedAt(seen, third), resumedAt, 'the recording was not resumed') : unknown(),
  },
} satisfies Record<string, Question>;

function latency(from: number | undefined, to: number | undefined, never: string): Result {
  if (from === undefined || to === undefined) return unknown();
  if (to === Number.POSITIVE_INFINITY) return wrong('never', never);
  const ms = Math.max(0, to - from);
  const bracket = { atLeastMs: ms, atMostMs: ms };
  return ms < 5000 ? ok(bracket) : wrong(bracket, 'speech is lost, or one person alone is recorded, meanwhile');
}
