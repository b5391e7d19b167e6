import { firstShown, inUntil } from '../observations.js';
import type { Evidence, Question } from './finding.js';
import { ok, subtract, unknown, wrong } from './results.js';

/** The words for the status of a participant, a recording and a conference. */
export const WORDS = {
  participantStatus: {
    what: 'somebody who is in is listed as',
    assumes: 'anything but completed',
    answer: ({ seen, course: { first, endedAt = Number.POSITIVE_INFINITY } }) => {
      if (!first) return unknown();
      const until = Math.min(endedAt, inUntil(seen, first));
      const listed = seen.participants
        .filter(({ answeredAt }) => answeredAt < until)
        .flatMap(({ value }) => value.filter(({ sid }) => sid === first.sid));
      if (listed.length === 0) return unknown();
      const words = [...new Set(listed.map(({ word }) => word ?? 'none'))].join(', ');
      return words.includes('completed') ? wrong(words, 'people who are in count as having left') : ok(words);
    },
  },
  pausedReads: {
    what: 'a paused recording reads',
    assumes: 'anything',
    answer: (evidence) => {
      const word = pausedWord(evidence);
      if (word === undefined) return unknown();
      if (word === 'in-progress') return ok(word, 'After a restart nobody can tell that it is paused.');
      return ok(word);
    },
  },
  resumedReads: {
    what: 'a resumed recording reads',
    assumes: 'anything but paused',
    answer: (evidence) => {
      const word = resumedWord(evidence);
      if (word === undefined) return unknown();
      return word === 'paused' ? wrong(word, 'the service goes on resuming it') : ok(word);
    },
  },
  resumedLate: {
    what: 'a resumed recording reads as if still paused, for',
    assumes: 'any time',
    answer: (evidence) => {
      const { seen, course, readLag } = evidence;
      const { resumedAt } = course;
      const [before, after] = [pausedWord(evidence), resumedWord(evidence)];
      if (resumedAt === undefined || !readLag || after === undefined) return unknown();
      if (before === after) return unknown('the two words are the same');
      const changed = firstShown(seen.recording, resumedAt, ({ value }) => value.word !== before);
      return changed ? ok(subtract(changed, readLag)) : unknown();
    },
  },
  endedReads: {
    what: 'a conference that is over reads',
    assumes: 'completed or 404',
    answer: ({ seen, course: { endedAt } }) => {
      const last = seen.conference.at(-1);
      if (endedAt === undefined || !last || last.answeredAt < endedAt) return unknown();
      if (last.http === 404) return ok('404');
      const word = last.value ?? 'no status';
      if (word === 'completed') return ok(word);
      return wrong(word, 'the service goes on reading it');
    },
  },
  recordingEnd: {
    what: 'a recording that is over reads',
    assumes: 'completed, absent or failed',
    answer: ({ seen, course: { endedAt } }) => {
      const last = seen.recording.at(-1);
      if (endedAt === undefined || !last || last.answeredAt < endedAt) return unknown();
      const word = last.http === 404 ? '404' : (last.value.word ?? 'no status');
      const [story] = seen.reported?.recordings ?? [];
      const callback = story?.status ? `Its callback says ${story.status}.` : 'No callback has said so.';
      return ['completed', 'absent', 'failed', 'stopped', '404'].includes(word)
        ? ok(word, callback)
        : wrong(word, callback);
    },
  },
} satisfies Record<string, Question>;

/** The word of the recording once reads surely show the pause. */
function pausedWord({ seen, course, readLag }: Evidence): string | undefined {
  const { pausedAt, third, endedAt = Number.POSITIVE_INFINITY } = course;
  if (pausedAt === undefined || readLag?.atMostMs === undefined) return undefined;
  const readableAt = pausedAt + readLag.atMostMs;
  const until = third?.placedAt ?? endedAt;
  return seen.recording.find(({ sentAt, answeredAt }) => sentAt >= readableAt && answeredAt < until)?.value.word;
}

/** The last word of the recording before its end. */
function resumedWord({ seen, course: { resumedAt, endedAt } }: Evidence): string | undefined {
  if (resumedAt === undefined || endedAt === undefined) return undefined;
  return seen.recording.findLast(({ sentAt, answeredAt }) => sentAt >= resumedAt && answeredAt < endedAt)?.value.word;
}
