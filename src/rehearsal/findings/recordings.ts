import { hasListed, isKnown, type Observations } from '../observations.js';
import type { Question, Result } from './finding.js';
import { ok, unknown, wrong } from './results.js';

/** How the API answers for a recording that runs. */
export const RECORDINGS = {
  redundantUpdate: {
    what: 'an update that changes nothing answers',
    assumes: '2xx or 422',
    answer: ({ seen }) => updateAnswer(seen, 'nothing'),
  },
  updateAnswer: {
    what: 'an update of a recording answers',
    assumes: '200, 202 or 204',
    answer: ({ seen }) => updateAnswer(seen, 'something'),
  },
  recordingsListed: {
    what: 'a running recording is listed under its conference',
    assumes: 'yes or no',
    answer: ({ seen }) =>
      isRecordingListed(seen, seen.conferenceRecordings, 'a restart finds no recording until its next callback'),
  },
  recordingsListedInAccount: {
    what: 'a running recording is listed under the account',
    assumes: 'yes or no',
    answer: ({ seen }) => isRecordingListed(seen, seen.accountRecordings),
  },
  recordingsFetchable: {
    what: 'a running recording can be read under its conference',
    assumes: 'yes or no',
    answer: ({ seen }) => {
      if (seen.recordingInConference.some(isKnown)) return ok('yes');
      if (!seen.recording.some(isKnown)) return unknown();
      return seen.recordingInConference.length > 0 ? ok('no') : unknown();
    },
  },
  recordingsFetchableInAccount: {
    what: 'a running recording can be read under the account',
    assumes: 'yes, unless under its conference',
    answer: ({ seen }) => {
      if (seen.recording.some(isKnown)) return ok('yes');
      if (seen.recording.length === 0) return unknown();
      return seen.recordingInConference.some(isKnown)
        ? ok('no')
        : wrong('no', 'nobody can tell what the recording does');
    },
  },
} satisfies Record<string, Question>;

function updateAnswer({ updates }: Observations, changes: 'nothing' | 'something'): Result {
  const answers = updates.filter((one) => one.changes === changes).flatMap(({ http }) => http ?? []);
  if (answers.length === 0) return unknown();
  const value = [...new Set(answers)].join(', ');
  const isExpected = answers.every((http) => http < 300 || (changes === 'nothing' && http === 422));
  return isExpected ? ok(value) : wrong(value, 'the service takes it for a refusal');
}

function isRecordingListed(
  { recordingSid }: Observations,
  lists: Observations['accountRecordings'],
  consequence?: string,
): Result {
  if (recordingSid === undefined || lists.length === 0) return unknown();
  const isListed = lists.some(hasListed(recordingSid.toLowerCase()));
  if (isListed) return ok('yes');
  return consequence === undefined ? ok('no') : ok('no', `So ${consequence}.`);
}
