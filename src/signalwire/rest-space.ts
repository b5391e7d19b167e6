import { RestClient } from '@signalwire/compatibility-api';
import { checkAnswer } from './answers.js';
import { readCallHandler } from './call-handler.js';
import { createClock } from './clock.js';
import { createHttpClient, type HttpClient } from './http-client.js';
import { collectPages, itemsOf } from './pages.js';
import type { AccountRecording, ListedConference, PhoneNumber, Recording, Space } from './space.js';
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

export interface SpaceOptions {
  /** Origin of the REST API. */
  spaceUrl: string;
  projectId: string;
  apiToken: string;
  /** How long a request may take, in milliseconds. */
  timeoutMs: number;
  /** Receives the outcome of every request. Must not throw. */
  onRequest?(outcome: RequestOutcome): void;
}

/** The largest page that SignalWire returns. Source: its OpenAPI document. */
const PAGE_SIZE = 1000;

/** A space that is reached through SignalWire's compatibility SDK. Creating it sends no request. */
export function createSpace(options: SpaceOptions): Space {
  const { spaceUrl, projectId, apiToken, timeoutMs, onRequest = () => {} } = options;
  const clock = createClock();
  const http = createHttpClient({ origin: spaceUrl, timeoutMs, onDate: clock.set });
  const client = createClient(spaceUrl, projectId, apiToken, withCheckedAnswers(http));

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
      const { participants } = client.conferences(conferenceSid);
      const listed = await request('list_participants', () => collectPages(participants.page({ pageSize: PAGE_SIZE })));
      return listed.map(({ callSid, status, hold, coaching }) => ({ callSid, status, hold, coaching }));
    },

    async listRecordings(conferenceSid) {
      const { recordings } = client.conferences(conferenceSid);
      const listed = request('list_recordings', () => collectPages(recordings.page({ pageSize: PAGE_SIZE })));
      return ((await undefinedIfNotFound(listed)) ?? [])
        .toSorted((a, b) => milliseconds(b.dateCreated) - milliseconds(a.dateCreated))
        .map(toRecording);
    },

    async fetchRecording(conferenceSid, recordingSid) {
      const { recordings } = client.conferences(conferenceSid);
      // Whether a running recording can be fetched under its conference isn't documented, so the account is asked next.
      const found =
        (await undefinedIfNotFound(request('fetch_recording', () => recordings(recordingSid).fetch()))) ??
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

    async listPhoneNumbers() {
      const { incomingPhoneNumbers } = client;
      const numbers = await request('list_phone_numbers', () =>
        collectPages(incomingPhoneNumbers.page({ pageSize: PAGE_SIZE })),
      );
      return numbers.map(toPhoneNumber);
    },

    async fetchPhoneNumber(sid) {
      return toPhoneNumber(await request('fetch_phone_number', () => client.incomingPhoneNumbers(sid).fetch()));
    },

    fetchCallHandler(phoneNumber) {
      return request('fetch_call_handler', () => readCallHandler({ http, spaceUrl, projectId, apiToken }, phoneNumber));
    },

    async pointPhoneNumber(sid, voiceUrl, voiceFallbackUrl) {
      const fallback = voiceFallbackUrl === undefined ? {} : { voiceFallbackUrl, voiceFallbackMethod: 'POST' };
      const change = { voiceUrl, voiceMethod: 'POST', ...fallback };
      await request('update_phone_number', () => client.incomingPhoneNumbers(sid).update(change));
    },

    async placeCall(call) {
      return (await request('create_call', () => client.calls.create(call))).sid;
    },

    now: clock.now,
    clockDifferenceMs: clock.differenceMs,

    close: () => http.close(),
  };
}

type Client = ReturnType<typeof RestClient>;
type SdkPhoneNumber = Awaited<ReturnType<Client['incomingPhoneNumbers']['list']>>[number];
type ClientOptions = NonNullable<Parameters<typeof RestClient>[2]>;

function createClient(
  spaceUrl: string,
  projectId: string,
  apiToken: string,
  http: Pick<HttpClient, 'request'>,
): Client {
  const options = {
    signalwireSpaceUrl: new URL(spaceUrl).host,
    httpClient: http,
    // Otherwise the SDK loads some thirty APIs that we never use.
    lazyLoading: true,
    // Otherwise the SDK reads TWILIO_REGION, TWILIO_EDGE and others from the environment, and calls another host.
    env: {},
  };
  // The SDK declares its HTTP client as a class of its own, but uses only `request`.
  const client = RestClient(projectId, apiToken, options as unknown as ClientOptions);
  // The SDK always puts https:// before the host; the simulator on loopback speaks plain http.
  Object.assign(client.api, { baseUrl: spaceUrl });
  return client;
}

/** Checks answers before the SDK sees them, because the SDK trusts any JSON to be what its types promise. */
function withCheckedAnswers(http: HttpClient): Pick<HttpClient, 'request'> {
  return {
    async request(sdkRequest) {
      const { statusCode, body } = await http.request(sdkRequest);
      return { statusCode, body: checkAnswer(sdkRequest.method, sdkRequest.uri, statusCode, body) };
    },
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

function toRecording({ sid, status }: { sid: string; status: string }): Recording {
  return { sid, state: recordingState(status) };
}

function toPhoneNumber(one: SdkPhoneNumber): PhoneNumber {
  return {
    sid: one.sid,
    phoneNumber: one.phoneNumber,
    voiceUrl: one.voiceUrl,
    voiceMethod: one.voiceMethod,
    fallbackUrl: one.voiceFallbackUrl,
    fallbackMethod: one.voiceFallbackMethod,
    hasApplication: Boolean(one.voiceApplicationSid),
  };
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
