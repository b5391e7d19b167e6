import type { Question } from './finding.js';
import { ok, unknown, wrong } from './results.js';

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
      const clock = Math.round(lengths.reduce((sum, ms) => sum + ms, 0) / 1000);
      const value = `${Math.round(file)} and ${clock}`;
      return Math.abs(file - clock) <= 3 ? ok(value) : wrong(value, 'minutes of the file are told wrongly');
    },
  },
} satisfies Record<string, Question>;
