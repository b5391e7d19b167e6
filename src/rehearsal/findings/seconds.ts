import { isKnown, type Observations, readsOf } from '../observations.js';
import type { Question } from './finding.js';
import { ok, unknown, wrong } from './results.js';

/** How exactly SignalWire's dates tell when a recording began: they have whole seconds (ms). */
const DATES_MS = 2000;

/** The length of the file. */
export const SECONDS = {
  seconds: {
    what: 'the seconds of the file, and those by the clock',
    assumes: 'the same, within 3 s',
    answer: ({ seen, course: { endedAt }, settings: { pauseBehavior } }) => {
      const [story] = seen.reported?.recordings ?? [];
      const file = story?.seconds ?? seen.recording.at(-1)?.value.seconds;
      if (!story || file === undefined || endedAt === undefined) return unknown();
      const lengths = story.spans.map(({ at, state }, index) => {
        const isInFile = state === 'in-progress' || (state === 'paused' && pauseBehavior === 'silence');
        const end = story.spans[index + 1]?.at;
        return isInFile ? (end === undefined ? endedAt : Date.parse(end)) - Date.parse(at) : 0;
      });
      const clock = Math.round((lengths.reduce((sum, ms) => sum + ms, 0) + unwatchedMs(seen, story.spans)) / 1000);
      const value = `${Math.round(file)} and ${clock}`;
      return Math.abs(file - clock) <= 3 ? ok(value) : wrong(value, 'minutes of the file are told wrongly');
    },
  },
} satisfies Record<string, Question>;

/**
 * For how long the recording ran before the service, which reads late where reads lag, learned of it (ms). SignalWire's clock is
 * compared with this machine's by the calls, whose creation both know.
 */
function unwatchedMs(seen: Observations, [first]: { at: string }[]): number {
  const createdAt = seen.recording.find(isKnown)?.value.createdAt;
  const aheadMs = seen.calls.flatMap((call) => {
    const created = readsOf(seen, call).find(isKnown)?.value.createdAt;
    return created === undefined ? [] : [created - call.placedAt];
  });
  if (!first || createdAt === undefined || aheadMs.length === 0) return 0;
  const ms = Date.parse(first.at) - (createdAt - Math.max(...aheadMs));
  return ms > DATES_MS ? ms : 0;
}
