import { createClock } from './clock.js';
import { createFrequentReads } from './frequent-reads.js';
import { createHttpClient } from './http-client.js';
import { collectPages, itemsOf, PAGE_SIZE } from './pages.js';
import { createPhoneNumberRequests } from './phone-number-requests.js';
import { type Credentials, createClient } from './sdk-client.js';
import type { AccountRecording, ListedConference, Participant, Recording, Space } from './space.js';
import { isNotFound, SpaceError } from './space-error.js';
import { callState, recordingState } from './statuses.js';

/** How a request to SignalWire ended. */
export interface RequestOutcome {
  /** For example `list_participants`. A list counts as one operation, however many pages it has. */
  operation: string;
  /** `ok`, the HTTP status of a refusal, `no_answer`, or `unreadable`. */
  outcome: string;
  ms: number;
}

export interface SpaceOptions extends Credentials {
  /** How long a request may take, in milliseconds. */
  timeoutMs: number;
  /** Receives the outcome of every request. Must not throw. */
  onRequest?(outcome: RequestOutcome): void;
}

/** A space that is reached through SignalWire's compatibility SDK. Creating it sends no request. */
export function createSpace(options: SpaceOptions): Space {
  const { spaceUrl, timeoutMs, onRequest = () => {} } = options;
  const clock = createClock();
  const http = createHttpClient({ origin: spaceUrl, timeoutMs, onDate: clock.set });
  const client = createClient(options, http);
  const reads = createFrequentReads(options, http);

  /** Sends a request through the SDK and reports its outcome. */
  async function request<Answer>(operation: string, send: () => Promise<Answer>): Promise<Answer> {
    const sentAt = performance.now();
    const report = (outcome: string) => onRequest({ operation, outcome, ms: performance.now() - sentAt });
    try {
      const answer = await send();
      report('ok');
      return answer;
    } catch (cause) {
      const { outcome, error } = describeFailure(cause);
      report(outcome);
      throw error;
    }
  }

  return {
    async listConferences(status) {
      const { conferences } = client;
      try {
        const inStatus = () => collectPages(conferences.page({ status, pageSize: PAGE_SIZE }));
        return (await request('list_conferences', inStatus)).map(toListedConference);
      } catch (error) {
        // `in-progress` is documented as a filter; `init` may not be accepted. One page of the newest is enough to find those waiting.
        if (status !== 'init' || !isRefusedFilter(error)) throw error;
        const newest = async () => itemsOf(await conferences.page({ pageSize: PAGE_SIZE }));
        return (await request('list_conferences', newest))
          .filter((one) => one.status === status)
          .map(toListedConference);
      }
    },

    async fetchConferenceStatus(conferenceSid) {
      const fetched = request('fetch_conference', () => client.conferences(conferenceSid).fetch());
      return (await undefinedIfNotFound(fetched))?.status;
    },

    async listParticipants(conferenceSid) {
      return request('list_participants', async () => {
        const { participants, nextUrl } = await reads.firstParticipants(conferenceSid);
        if (nextUrl === undefined) return participants;
        const others = await collectPages(client.conferences(conferenceSid).participants.getPage(nextUrl));
        return [...participants, ...others.map(toParticipant)];
      });
    },

    async listRecordings(conferenceSid) {
      const { recordings } = client.conferences(conferenceSid);
      const listed = request('list_recordings', () => collectPages(recordings.page({ pageSize: PAGE_SIZE })));
      return ((await undefinedIfNotFound(listed)) ?? [])
        .toSorted((a, b) => milliseconds(b.dateCreated) - milliseconds(a.dateCreated))
        .map(toRecording);
    },

    async fetchRecording(conferenceSid, recordingSid) {
      // Whether a running recording can be fetched under its conference isn't documented, so the account is asked next.
      const found =
        (await undefinedIfNotFound(request('fetch_recording', () => reads.recording(conferenceSid, recordingSid)))) ??
        (await undefinedIfNotFound(request('fetch_recording', () => client.recordings(recordingSid).fetch())));
      return found && toRecording(found);
    },

    async listAccountRecordings(since = Number.NEGATIVE_INFINITY) {
      // Not the list's filters by date: SignalWire documents them in RFC 2822, and the SDK sends ISO 8601.
      const isOlder = ({ createdAt }: AccountRecording) => createdAt !== 0 && createdAt < since;
      const listed = await request('list_account_recordings', () =>
        collectPages(client.recordings.page({ pageSize: PAGE_SIZE }), (items) =>
          items.map(toAccountRecording).every(isOlder),
        ),
      );
      return listed
        .map(toAccountRecording)
        .filter((one) => !isOlder(one))
        .toSorted((a, b) => b.createdAt - a.createdAt);
    },

    async listConferencesAfter(day) {
      const page = () => client.conferences.page({ dateCreatedAfter: new Date(day), pageSize: PAGE_SIZE });
      return (await request('list_conferences', () => collectPages(page()))).map(({ sid, friendlyName, status }) => ({
        sid,
        name: friendlyName,
        status,
      }));
    },

    async fetchConference(conferenceSid) {
      const fetched = request('fetch_conference', () => client.conferences(conferenceSid).fetch());
      const found = await undefinedIfNotFound(fetched);
      return found && { sid: conferenceSid, name: found.friendlyName, status: found.status };
    },

    async findConferenceOf(recordingSid) {
      const fetched = request('fetch_recording', () => client.recordings(recordingSid).fetch());
      return (await undefinedIfNotFound(fetched))?.conferenceSid;
    },

    async updateRecording(conferenceSid, recordingSid, state, pauseBehavior) {
      const { recordings } = client.conferences(conferenceSid);
      // PauseBehavior defaults to `silence` in each request. Source: SignalWire's OpenAPI document.
      const change = state === 'paused' ? { status: state, pauseBehavior } : { status: state };
      await request('update_recording', () => recordings(recordingSid).update(change));
    },

    async fetchCallState(callSid) {
      const call = await undefinedIfNotFound(request('fetch_call', () => client.calls(callSid).fetch()));
      return call && callState(call.status);
    },

    async fetchCallStatus(callSid) {
      return (await request('fetch_call', () => client.calls(callSid).fetch())).status;
    },

    ...createPhoneNumberRequests({ ...options, client, http, request }),

    async placeCall(call) {
      return (await request('create_call', () => client.calls.create(call))).sid;
    },

    now: clock.now,
    clockDifferenceMs: clock.differenceMs,

    close: () => http.close(),
  };
}

/** The outcome of a failed request, and its SpaceError: the HTTP client's, or a new one if the SDK failed to read an answer. */
function describeFailure(cause: unknown): { outcome: string; error: SpaceError } {
  if (!(cause instanceof SpaceError)) {
    const error = new SpaceError(`SignalWire's answer could not be read: ${cause}`, { cause });
    return { outcome: 'unreadable', error };
  }
  const { status } = cause;
  if (status === undefined) return { outcome: 'no_answer', error: cause };
  return { outcome: status < 300 ? 'unreadable' : String(status), error: cause };
}

/** Whether SignalWire refused the filter of a list. Its documents name no status for that, so most 4xx count. */
function isRefusedFilter(error: unknown): boolean {
  const { status = 0 } = error instanceof SpaceError ? error : {};
  return status >= 400 && status < 500 && status !== 401 && status !== 429;
}

function toListedConference(one: { sid: string; friendlyName: string; dateCreated: Date }): ListedConference {
  return { sid: one.sid, name: one.friendlyName, createdAt: milliseconds(one.dateCreated) };
}

interface SdkRecording {
  sid: string;
  /** The SDK's types don't say that it may be missing, as may the duration. */
  conferenceSid: string | undefined;
  status: string;
  dateCreated: Date;
  duration: string | undefined;
}

function toAccountRecording({ sid, conferenceSid, status, dateCreated, duration }: SdkRecording): AccountRecording {
  const seconds = Number(duration);
  return {
    sid,
    conferenceSid,
    status,
    createdAt: milliseconds(dateCreated),
    seconds: Number.isFinite(seconds) ? seconds : undefined,
  };
}

function toParticipant({ callSid, status, hold, coaching }: Participant): Participant {
  return { callSid, status, hold, coaching };
}

function toRecording({ sid, status }: { sid: string; status: string }): Recording {
  return { sid, state: recordingState(status) };
}

/** ms since 1970; 0 if it isn't a date: the SDK passes an unreadable date on as it is. */
function milliseconds(date: Date): number {
  return Number(date) || 0;
}

async function undefinedIfNotFound<Found>(fetched: Promise<Found>): Promise<Found | undefined> {
  try {
    return await fetched;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
