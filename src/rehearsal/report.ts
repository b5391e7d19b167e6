import type { AnsweredWebhook } from '../running-service/ask-webhooks.js';
import type { Settings } from '../settings/settings.js';
import { version } from '../version.js';
import type { Course } from './course.js';
import { findOut } from './findings/find-out.js';
import type { Finding } from './findings/finding.js';
import type { Observations, Sample } from './observations.js';

/** What a rehearsal found out, as it is written to a file that may be published. */
export interface Report {
  tool: string;
  version: string;
  startedAt: string;
  /** Why it was cut short; null if it wasn't. */
  failure: string | null;
  hungUpBy: Course['hungUpBy'] | null;
  calls: number;
  settings: { pauseBehavior: string; sweepIntervalSeconds: number; checksSignatures: boolean };
  /** How many requests to SignalWire or the service failed. */
  failedRequests: number;
  findings: Finding[];
  /** What the service received, in order. */
  webhooks: ReportedWebhook[];
  /** How reads changed: an entry for each change, with the seconds since the start. */
  reads: Record<string, { seconds: number; http: number; shows: string }[]>;
  /** The names of the fields in SignalWire's answers. */
  fields: Record<string, string[]>;
}

type ReportedWebhook = Pick<
  AnsweredWebhook,
  'route' | 'event' | 'parameterNames' | 'status' | 'reason' | 'signature'
> & {
  seconds: number;
  hasTimestamp: boolean;
};

export interface ReportOptions {
  seen: Observations;
  course: Course;
  settings: Settings;
  /** ms since 1970. */
  startedAt: number;
  failure: string | null;
}

export function createReport({ seen, course, settings, startedAt, failure }: ReportOptions): Report {
  const { pauseBehavior, resyncIntervalMs, signingKeys } = settings;
  const since = (ms: number) => Math.round((ms - startedAt) / 10) / 100;
  const changes = <Value>(samples: readonly Sample<Value>[], format: (value: Value) => string) => {
    const entries = samples.map(({ answeredAt, http, value }) => ({
      seconds: since(answeredAt),
      http,
      shows: http === 200 ? format(value) : '',
    }));
    return entries.filter(({ http, shows }, index) => {
      const before = entries[index - 1];
      return before?.http !== http || before.shows !== shows;
    });
  };
  const word = (value: string | undefined) => value ?? 'nothing';
  const words = (value: { word: string | undefined }[]) => value.map((one) => word(one.word)).join(', ');
  return {
    tool: 'signalwire-conference-recorder',
    version,
    startedAt: new Date(startedAt).toISOString(),
    failure,
    hungUpBy: course.hungUpBy ?? null,
    calls: seen.calls.length,
    settings: {
      pauseBehavior,
      sweepIntervalSeconds: resyncIntervalMs / 1000,
      checksSignatures: signingKeys.length > 0,
    },
    failedRequests: seen.failedRequests,
    findings: findOut(seen, course, settings),
    webhooks: [...seen.webhooks, ...seen.refused]
      .toSorted((a, b) => a.number - b.number)
      .map(({ at, route, event, timestamp, parameterNames, status, reason, signature }) => ({
        seconds: since(Date.parse(at)),
        route,
        event,
        hasTimestamp: timestamp !== null,
        parameterNames,
        status,
        reason,
        signature,
      })),
    reads: {
      conference: changes(seen.conference, word),
      'conferences, Status=init': changes(seen.conferences.init, word),
      'conferences, Status=in-progress': changes(seen.conferences['in-progress'], word),
      'conferences, no filter': changes(seen.conferences.none, word),
      participants: changes(seen.participants, words),
      'recordings of the conference': changes(seen.conferenceRecordings, words),
      'recordings of the account': changes(
        seen.accountRecordings.map((sample) => ({
          ...sample,
          // The account has others, too.
          value: sample.value.filter(({ sid }) => sid === seen.recordingSid?.toLowerCase()),
        })),
        words,
      ),
      'recording, under its conference': changes(seen.recordingInConference, (one) => word(one.word)),
      'recording, under the account': changes(seen.recording, (one) => word(one.word)),
      ...Object.fromEntries(
        seen.calls.map(({ sid }, index) => [
          `call ${index + 1}`,
          changes(seen.callReads.get(sid) ?? [], (one) => word(one.word)),
        ]),
      ),
    },
    fields: Object.fromEntries(seen.fields),
  };
}
