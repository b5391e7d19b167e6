import type { AnsweredWebhook } from '../cli/ask-webhooks.js';
import type { Settings } from '../settings/settings.js';
import {
  type Bracket,
  callbacksOf,
  FILTERS,
  firstShown,
  hasIn,
  hasListed,
  isCallOver,
  isKnown,
  joinReportedAt,
  type Observations,
  type PlacedCall,
  readsOf,
  recordingCallbacksOf,
  type Sample,
} from './observations.js';
import { BELIEVED_MS, formatBracket, isWithin, lacking, ok, type Result, subtract, unknown, wrong } from './results.js';
import type { Course } from './steps.js';

/** One thing that isn't documented: what this space does, and what the service takes for granted. */
export interface Finding extends Result {
  id: FindingId;
  /** What it is about, for example "a paused recording reads". */
  what: string;
  /** What the service assumes. */
  assumes: string;
}

type PolicySettings = Pick<Settings, 'resyncIntervalMs' | 'pauseBehavior' | 'signingKeys'>;

interface Evidence {
  seen: Observations;
  course: Course;
  settings: PolicySettings;
  /** How far single reads lag. */
  readLag: Bracket | undefined;
}

interface Question {
  what: string;
  assumes: string;
  answer(evidence: Evidence): Result;
}

const DOCUMENTED_EVENTS = /^(conference-(start|end)|participant-(join|leave|hold|unhold|mute|unmute))$/;
const RFC_2822 = /^(\w{3}, ?)?\d{1,2} \w{3} \d{4} [\d:]+ \S+$/;
const ISO_8601 = /^\d{4}-\d{2}-\d{2}[T ]/;
const HINTS_ONLY = 'joins and leaves are only hints, and each resume waits for a read';

const QUESTIONS = {
  alone: {
    what: 'a conference with one person in it reads',
    assumes: 'anything, also 404',
    answer: ({ seen, course: { first, second }, readLag }) => {
      if (!first) return unknown();
      const until = second?.placedAt ?? Number.POSITIVE_INFINITY;
      const samples = [seen.conference, ...FILTERS.map((filter) => seen.conferences[filter])].flat();
      const shown = samples.findLast(({ answeredAt, value }) => answeredAt < until && value !== undefined);
      if (shown) return ok(String(shown.value));
      if (!second) return unknown();
      // A conference that isn't known until two are in must be known then. Otherwise it may only be new.
      const afterJoin = firstShown(seen.conference, joinedAt(seen, second), isKnown);
      const isNew = !isWithin(afterJoin, (readLag?.atMostMs ?? 0) + 2000);
      if (isNew) return unknown('404', 'It was unknown for so long that it may only have been new.');
      const hasBegun = begins({ seen, course: { second } }) === 'first';
      return hasBegun
        ? wrong('404', 'its recording can be neither read nor changed while one person waits')
        : ok('404');
    },
  },
  aloneListed: {
    what: '… and is listed under Status',
    assumes: 'any or none',
    answer: ({ seen, course: { first, second } }) => {
      if (!first) return unknown();
      const until = second?.placedAt ?? Number.POSITIVE_INFINITY;
      const filters = FILTERS.filter((filter) =>
        seen.conferences[filter].some(({ answeredAt, value }) => answeredAt < until && value !== undefined),
      );
      return ok(filters.map((filter) => (filter === 'none' ? '(no filter)' : filter)).join(', ') || 'none');
    },
  },
  initFilter: {
    what: 'Status=init as a filter is',
    assumes: 'accepted or refused',
    answer: ({ seen }) => {
      const last = seen.conferences.init.at(-1);
      if (!last) return unknown();
      return ok(last.http === 200 ? 'accepted' : 'refused', `It answers ${last.http}.`);
    },
  },
  newConference: {
    what: 'a new conference can be read after',
    assumes: 'less than 60 s',
    answer: ({ seen, course: { first, second } }) => {
      const since = first && joinedAt(seen, first);
      if (since === undefined) return unknown();
      const bracket = firstShown(seen.conference.filter(isAnswer), since, isKnown);
      return aloneOnly(measured(bracket, 60_000, 'the service may take it for over'), bracket, since, second);
    },
  },
  newConferenceListed: {
    what: 'a new conference is listed after',
    assumes: 'any time',
    answer: ({ seen, course: { first, second } }) => {
      const since = first && joinedAt(seen, first);
      if (since === undefined) return unknown();
      const brackets = FILTERS.flatMap((filter) => firstShown(seen.conferences[filter], since, isListed) ?? []);
      const [bracket] = brackets.filter(({ atMostMs }) => atMostMs !== undefined).toSorted(byUpperBound);
      return aloneOnly(bracket ? ok(bracket) : unknown(), bracket, since, second);
    },
  },
  begins: {
    what: 'a recording begins with',
    assumes: 'the first or second person',
    answer: ({ seen, course }) => {
      const person = begins({ seen, course });
      return person === undefined ? unknown() : ok(person);
    },
  },
  listLagJoin: {
    what: 'lists show a join, after its callback, after',
    assumes: 'at most 15 s, or an interval if shorter',
    answer: ({ seen, course: { second }, settings: { resyncIntervalMs } }) => {
      const since = second && joinReportedAt(seen, second);
      if (!second || since === undefined) return unknown();
      const limit = Math.min(BELIEVED_MS, resyncIntervalMs || BELIEVED_MS);
      return measured(
        firstShown(seen.participants, since, hasListed(second.sid)),
        limit,
        'a pause may cut off two people who have just met',
      );
    },
  },
  listLagLeave: {
    what: 'lists show a leave, after its callback, after',
    assumes: 'at most 15 s',
    answer: (evidence) =>
      measured(leaveListed(evidence), BELIEVED_MS, 'one person alone may be recorded for that long'),
  },
  readLag: {
    what: 'single reads show a leave, after its callback, after',
    assumes: 'at most 15 s',
    answer: ({ readLag }) => measured(readLag, BELIEVED_MS, 'a pause or a resume may be written twice, or come late'),
  },
  participantStatus: {
    what: 'somebody who is in is listed as',
    assumes: 'anything but completed',
    answer: ({ seen, course: { first, endedAt = Number.POSITIVE_INFINITY } }) => {
      const listed = seen.participants
        .filter(({ answeredAt }) => answeredAt < endedAt)
        .flatMap(({ value }) => value.filter(({ sid }) => sid === first?.sid));
      if (listed.length === 0) return unknown();
      const words = [...new Set(listed.map(({ word }) => word ?? 'none'))].join(', ');
      return words.includes('completed') ? wrong(words, 'people who are in count as having left') : ok(words);
    },
  },
  leftListed: {
    what: 'those who left stay listed, as completed, for',
    assumes: 'any time, as completed',
    answer: ({ seen, course, ...rest }) => {
      const { second, leftAt } = course;
      const shown = leaveListed({ seen, course, ...rest });
      if (!second || leftAt === undefined || shown?.atMostMs === undefined) return unknown();
      const gone = firstShown(seen.participants.filter(isKnown), leftAt, (one) => !hasListed(second.sid)(one));
      const stays = seen.participants.some(
        (one) => one.answeredAt >= leftAt && hasListed(second.sid)(one) && !hasIn(second.sid)(one),
      );
      if (!stays) return ok({ atLeastMs: 0, atMostMs: 0 }, 'They are gone from the list at once.');
      return gone ? ok(subtract(gone, shown)) : unknown();
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
    what: '… and before that as if still paused, for',
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
    what: '… and under the account',
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
    what: '… and under the account',
    assumes: 'yes, unless under its conference',
    answer: ({ seen }) => {
      if (seen.recording.some(isKnown)) return ok('yes');
      if (seen.recording.length === 0) return unknown();
      return seen.recordingInConference.some(isKnown)
        ? ok('no')
        : wrong('no', 'nobody can tell what the recording does');
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
  eventNames: {
    what: 'events are called',
    assumes: 'participant-join and so on',
    answer: ({ seen }) => {
      const names = [...new Set(callbacksOf(seen).map(({ event }) => event ?? 'nothing'))];
      if (names.length === 0) return unknown();
      const isDocumented = names.every((name) => DOCUMENTED_EVENTS.test(name));
      const value = names.toSorted().join(', ');
      return isDocumented ? ok(value) : wrong(value, HINTS_ONLY);
    },
  },
  timestamp: {
    what: 'Timestamp is',
    assumes: 'RFC 2822 or ISO 8601, with a zone',
    answer: ({ seen }) => {
      const forms = [...new Set(callbacksOf(seen).map(({ timestamp }) => timestampForm(timestamp)))];
      if (forms.length === 0) return unknown();
      const isReadable = forms.every((form) => form === 'RFC 2822' || form === 'ISO 8601');
      return isReadable ? ok(forms.join(', ')) : wrong(forms.join(', '), HINTS_ONLY);
    },
  },
  callbackDelay: {
    what: 'callbacks arrive, after their Timestamp, after at most',
    assumes: 'less than 10 s',
    answer: ({ seen }) => {
      const delays = callbacksOf(seen).flatMap(({ at, timestamp }) => {
        const ms = Date.parse(at) - Date.parse(timestamp ?? '');
        return Number.isNaN(ms) ? [] : [ms];
      });
      if (delays.length === 0) return unknown();
      const [earliest, latest] = [Math.min(...delays), Math.max(...delays)];
      const bracket = { atLeastMs: Math.max(0, latest - 1000), atMostMs: Math.max(0, latest) };
      if (latest < 10_000 && earliest > -10_000) return ok(bracket, 'Timestamps have whole seconds.');
      return wrong(bracket, `${HINTS_ONLY}, if the clocks are right`);
    },
  },
  friendlyName: {
    what: 'conference callbacks have a FriendlyName',
    assumes: 'yes or no',
    answer: ({ seen }) => brings(callbacksOf(seen), 'FriendlyName'),
  },
  callSid: {
    what: 'conference callbacks have a CallSid',
    assumes: 'yes',
    answer: ({ seen }) => brings(callbacksOf(seen).filter(isAboutSomebody), 'CallSid', HINTS_ONLY),
  },
  recordingConferenceSid: {
    what: 'recording callbacks have a ConferenceSid',
    assumes: 'yes or no',
    answer: ({ seen }) => brings(recordingCallbacksOf(seen), 'ConferenceSid'),
  },
  conferenceParameters: {
    what: 'parameters of conference callbacks',
    assumes: 'ConferenceSid among them',
    answer: ({ seen }) => parametersOf(callbacksOf(seen)),
  },
  recordingParameters: {
    what: 'parameters of recording callbacks',
    assumes: 'RecordingSid among them',
    answer: ({ seen }) => parametersOf(recordingCallbacksOf(seen)),
  },
  parameters: {
    what: 'parameters come as',
    assumes: 'a form or JSON',
    answer: ({ seen }) => {
      const kinds = [...new Set(seen.webhooks.flatMap(({ signature }) => signature?.kind ?? []))];
      return kinds.length === 0 ? unknown('unsigned, so it is not known') : ok(kinds.join(', '));
    },
  },
  signature: {
    what: 'webhooks are signed with',
    assumes: 'a signing key of the settings',
    answer: ({ seen, settings }) => {
      if (settings.signingKeys.length === 0) {
        return wrong('not checked', 'ALLOW_UNSIGNED_WEBHOOKS lets anybody pause a recording');
      }
      const refused = seen.refused.filter(({ signature }) => signature !== null);
      if (refused.length > 0) return wrong(`${refused.length} refused`, lacking(refused[0]?.reason ?? 'no reason'));
      const keys = new Set(seen.webhooks.flatMap(({ signature }) => signature?.matchedKey ?? []));
      return keys.size === 0 ? unknown() : ok(`key ${[...keys].join(', ')}`);
    },
  },
  sids: {
    what: 'SIDs are',
    assumes: 'anything, in any case',
    answer: ({ seen, course: { first } }) => {
      if (!first) return unknown();
      const { reported, recordingSid } = seen;
      const isUuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
      if (!isUuid.test(first.sid)) return ok(`not UUIDs, but ${formOf(first.sid)}`);
      // The service keeps a SID as the first callback or list had it.
      const kept = [reported?.sid, reported?.recordingSid, recordingSid].filter((sid) => typeof sid === 'string');
      return ok(kept.some((sid) => sid !== sid.toLowerCase()) ? 'UUIDs, in capitals in callbacks' : 'UUIDs');
    },
  },
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

export type FindingId = keyof typeof QUESTIONS;

/** Everything that the observations say of the space, in the order of the rehearsal. Also if the rehearsal was cut short. */
export function findings(seen: Observations, course: Course, settings: PolicySettings): Finding[] {
  const { second, leftAt } = course;
  const readLag = second && leftAt !== undefined ? firstShown(readsOf(seen, second), leftAt, isCallOver) : undefined;
  const evidence: Evidence = { seen, course, settings, readLag };
  const all: [string, Question][] = Object.entries(QUESTIONS);
  return all.flatMap(([id, { what, assumes, answer }]) =>
    isId(id) ? [{ id, what, assumes, ...answer(evidence) }] : [],
  );
}

function isId(id: string): id is FindingId {
  return Object.hasOwn(QUESTIONS, id);
}

const isAnswer = ({ http }: { http: number }) => http === 200 || http === 404;
const isAboutSomebody = ({ event }: AnsweredWebhook) => !/^conference|^start$|^end$/i.test(event ?? '');

function begins({ seen, course: { second } }: { seen: Observations; course: Pick<Course, 'second'> }) {
  const created = seen.recording.find(isKnown)?.value.createdAt;
  // Both by SignalWire's clock.
  const called = second && readsOf(seen, second).find(isKnown)?.value.createdAt;
  if (created === undefined || called === undefined) return undefined;
  return created < called ? 'first' : 'second';
}

/** When somebody joined, by the callback or else by the call (ms since 1970). */
function joinedAt(seen: Observations, call: PlacedCall): number {
  return joinReportedAt(seen, call) ?? call.placedAt;
}

/** Only a conference that is known while one person is in it tells how long a new one is unknown. */
function aloneOnly(
  result: Result,
  bracket: Bracket | undefined,
  since: number,
  second: PlacedCall | undefined,
): Result {
  const isTooLate = second !== undefined && since + (bracket?.atMostMs ?? Number.POSITIVE_INFINITY) >= second.placedAt;
  return isTooLate ? unknown('not before two are in') : result;
}

const isListed = ({ value }: Sample<string | undefined>) => value !== undefined;
const byUpperBound = (one: Bracket, other: Bracket) => (one.atMostMs ?? 0) - (other.atMostMs ?? 0);

function leaveListed({ seen, course: { second, leftAt } }: Evidence): Bracket | undefined {
  if (!second || leftAt === undefined) return undefined;
  return firstShown(seen.participants.filter(isKnown), leftAt, (one) => !hasIn(second.sid)(one));
}

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

function timestampForm(timestamp: string | null): string {
  if (timestamp === null) return 'absent';
  if (RFC_2822.test(timestamp)) return 'RFC 2822';
  return ISO_8601.test(timestamp) ? 'ISO 8601' : timestamp;
}

function brings(webhooks: AnsweredWebhook[], name: string, consequence?: string): Result {
  if (webhooks.length === 0) return unknown();
  const count = webhooks.filter(({ parameterNames }) => parameterNames.includes(name)).length;
  if (count === webhooks.length) return ok('yes');
  const value = count === 0 ? 'no' : `${count} of ${webhooks.length}`;
  return consequence === undefined ? ok(value) : wrong(value, consequence);
}

function parametersOf(webhooks: AnsweredWebhook[]): Result {
  const names = [...new Set(webhooks.flatMap(({ parameterNames }) => parameterNames))];
  return names.length === 0 ? unknown() : ok(`${names.length} names`, `${names.toSorted().join(', ')}.`);
}

function measured(bracket: Bracket | undefined, limitMs: number, consequence: string): Result {
  if (!bracket) return unknown();
  if (bracket.atMostMs === undefined) {
    return bracket.atLeastMs > limitMs ? wrong(bracket, consequence) : unknown(formatBracket(bracket));
  }
  return bracket.atLeastMs <= limitMs ? ok(bracket) : wrong(bracket, consequence);
}

function latency(from: number | undefined, to: number | undefined, never: string): Result {
  if (from === undefined || to === undefined) return unknown();
  if (to === Number.POSITIVE_INFINITY) return wrong('never', never);
  const ms = Math.max(0, to - from);
  const bracket = { atLeastMs: ms, atMostMs: ms };
  return ms < 5000 ? ok(bracket) : wrong(bracket, 'speech is lost, or one person alone is recorded, meanwhile');
}

/** The form of a SID: `SW-` and a UUID is `SW-` and then nothing but x, in groups. */
function formOf(sid: string): string {
  return sid
    .toUpperCase()
    .replace(/[\dA-F]/g, 'x')
    .replace(/x+/g, (group) => `x{${group.length}}`);
}
