import type { AnsweredWebhook } from '../../running-service/ask-webhooks.js';
import { callbacksOf, recordingCallbacksOf } from '../observations.js';
import type { Question, Result } from './finding.js';
import { ok, unknown, wrong } from './results.js';

const DOCUMENTED_EVENTS = /^(conference-(start|end)|participant-(join|leave|hold|unhold|mute|unmute))$/;
const RFC_2822 = /^(\w{3}, ?)?\d{1,2} \w{3} \d{4} [\d:]+ \S+$/;
const ISO_8601 = /^\d{4}-\d{2}-\d{2}[T ]/;
const HINTS_ONLY = 'joins and leaves are only hints, and each resume waits for a read';

/** The form of callbacks: their events, Timestamp, parameters and SIDs. */
export const CALLBACKS = {
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
    what: 'callbacks arrive, after their Timestamp, within',
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
      if (refused.length > 0)
        return wrong(`${refused.length} refused`, `what they report is lost (${refused[0]?.reason ?? 'no reason'})`);
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
} satisfies Record<string, Question>;

const isAboutSomebody = ({ event }: AnsweredWebhook) => !/^conference|^start$|^end$/i.test(event ?? '');

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

/** The form of a SID: `SW-` and a UUID is `SW-` and then nothing but x, in groups. */
function formOf(sid: string): string {
  return sid
    .toUpperCase()
    .replace(/[\dA-F]/g, 'x')
    .replace(/x+/g, (group) => `x{${group.length}}`);
}
