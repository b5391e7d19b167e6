import { RestClient } from '@signalwire/compatibility-api';
import { checkAnswer } from './answers.js';
import { createHttpClient, type HttpClient } from './http-client.js';
import { allOf, itemsOf } from './pages.js';
import type { ListedConference, ObservedState, Recording, Space } from './space.js';
import { isNotFound, SpaceError } from './space-error.js';

/** One thing asked of SignalWire, and what came of it. */
export interface Answered {
  /** For example `list_participants`. A list that takes several pages is one. */
  operation: string;
  /** `ok`, the status of a refusal, `no_answer`, or `unreadable`. */
  outcome: string;
  ms: number;
}

export interface SpaceOptions {
  /** Origin of the REST API. */
  spaceUrl: string;
  projectId: string;
  apiToken: string;
  pauseBehavior: 'skip' | 'silence';
  /** Milliseconds a request may take. */
  timeoutMs: number;
  /** Told of everything that was asked. Must not throw. */
  onAnswered(answered: Answered): void;
}

/** The most items SignalWire puts on a page. Source: its OpenAPI document. */
const PAGE_SIZE = 1000;

/** Recordings that are over. Source: SignalWire's OpenAPI document, and its callbacks, which also say `failed`. */
const OVER = ['completed', 'absent', 'stopped', 'failed'];

/** Calls that are over. Source: SignalWire's OpenAPI document. */
const CALL_OVER = ['completed', 'canceled', 'busy', 'failed', 'no-answer'];

/** Opens a space through SignalWire's compatibility SDK. Sends nothing yet. */
export function createSpace(options: SpaceOptions): Space {
  const { spaceUrl, projectId, apiToken, pauseBehavior, timeoutMs, onAnswered } = options;
  const clock = createClock();
  const http = createHttpClient({ origin: spaceUrl, timeoutMs, onDate: clock.set });
  const client = connect(spaceUrl, projectId, apiToken, checked(http));

  /** Has the SDK ask something, and tells how it went. */
  async function ask<Answer>(operation: string, send: () => Promise<Answer>): Promise<Answer> {
    const askedAt = performance.now();
    const tell = (outcome: string) => onAnswered({ operation, outcome, ms: performance.now() - askedAt });
    try {
      const answer = await send();
      tell('ok');
      return answer;
    } catch (cause) {
      const { outcome, error } = failure(cause);
      tell(outcome);
      throw error;
    }
  }

  return {
    async listConferences(status) {
      const { conferences } = client;
      try {
        const listed = () => allOf(conferences.page({ status, pageSize: PAGE_SIZE }));
        return (await ask('list_conferences', listed)).map(listedConference);
      } catch (error) {
        if (status !== 'init' || !isRefusedFilter(error)) throw error;
        const newest = async () => itemsOf(await conferences.page({ pageSize: PAGE_SIZE }));
        return (await ask('list_conferences', newest)).filter((one) => one.status === status).map(listedConference);
      }
    },

    async fetchConferenceStatus(conferenceSid) {
      const fetched = ask('fetch_conference', () => client.conferences(conferenceSid).fetch());
      return (await orUndefined(fetched))?.status;
    },

    async listParticipants(conferenceSid) {
      const { participants } = client.conferences(conferenceSid);
      const listed = await ask('list_participants', () => allOf(participants.page({ pageSize: PAGE_SIZE })));
      return listed.map(({ callSid, status, hold, coaching }) => ({ callSid, status, hold, coaching }));
    },

    async listRecordings(conferenceSid) {
      const { recordings } = client.conferences(conferenceSid);
      const listed = ask('list_recordings', () => allOf(recordings.page({ pageSize: PAGE_SIZE })));
      return ((await orUndefined(listed)) ?? [])
        .toSorted((a, b) => milliseconds(b.dateCreated) - milliseconds(a.dateCreated))
        .map(observed);
    },

    async fetchRecording(conferenceSid, recordingSid) {
      const { recordings } = client.conferences(conferenceSid);
      const found =
        (await orUndefined(ask('fetch_recording', () => recordings(recordingSid).fetch()))) ??
        (await orUndefined(ask('fetch_recording', () => client.recordings(recordingSid).fetch())));
      return found && observed(found);
    },

    async findConferenceOf(recordingSid) {
      const fetched = ask('fetch_recording', () => client.recordings(recordingSid).fetch());
      return (await orUndefined(fetched))?.conferenceSid;
    },

    async updateRecording(conferenceSid, recordingSid, state) {
      const { recordings } = client.conferences(conferenceSid);
      // PauseBehavior is `silence` unless it is said each time (source: SignalWire's OpenAPI document).
      const change = state === 'paused' ? { status: state, pauseBehavior } : { status: state };
      await ask('update_recording', () => recordings(recordingSid).update(change));
    },

    async fetchCallState(callSid) {
      const call = await orUndefined(ask('fetch_call', () => client.calls(callSid).fetch()));
      return call && (CALL_OVER.includes(call.status) ? 'over' : 'alive');
    },

    async fetchCallStatus(callSid) {
      return (await ask('fetch_call', () => client.calls(callSid).fetch())).status;
    },

    async listPhoneNumbers() {
      const { incomingPhoneNumbers } = client;
      const numbers = await ask('list_phone_numbers', () => allOf(incomingPhoneNumbers.page({ pageSize: PAGE_SIZE })));
      return numbers.map(({ sid, phoneNumber, voiceUrl, voiceMethod, voiceApplicationSid }) => ({
        sid,
        phoneNumber,
        voiceUrl,
        voiceMethod,
        hasApplication: Boolean(voiceApplicationSid),
      }));
    },

    async pointPhoneNumber(sid, voiceUrl) {
      const change = { voiceUrl, voiceMethod: 'POST' };
      await ask('update_phone_number', () => client.incomingPhoneNumbers(sid).update(change));
    },

    async placeCall(call) {
      return (await ask('create_call', () => client.calls.create(call))).sid;
    },

    now: clock.now,

    close: () => http.close(),
  };
}

type Client = ReturnType<typeof RestClient>;
type ClientOptions = NonNullable<Parameters<typeof RestClient>[2]>;

function connect(spaceUrl: string, projectId: string, apiToken: string, http: Pick<HttpClient, 'request'>): Client {
  const options = {
    signalwireSpaceUrl: new URL(spaceUrl).host,
    httpClient: http,
    // Else it reads the code of some thirty APIs that we never ask anything.
    lazyLoading: true,
    // Else the SDK takes TWILIO_REGION, TWILIO_EDGE and others from the environment and calls another host.
    env: {},
  };
  // The SDK types its HTTP client as a class of its own, of which it uses `request` alone.
  const client = RestClient(projectId, apiToken, options as unknown as ClientOptions);
  // The SDK always writes https:// before the host; the simulator on loopback speaks plain http.
  Object.assign(client.api, { baseUrl: spaceUrl });
  return client;
}

/** Has the SDK see only answers that make sense: it would take any JSON for what its types promise. */
function checked(http: HttpClient): Pick<HttpClient, 'request'> {
  return {
    async request(wanted) {
      const { statusCode, body } = await http.request(wanted);
      return { statusCode, body: checkAnswer(wanted.method, wanted.uri, statusCode, body) };
    },
  };
}

/** SignalWire's clock: what its last answer said, and the monotonic clock since; before one, our own wall clock. */
function createClock() {
  let last: { date: number; at: number } | undefined;
  return {
    set(date: number): void {
      last = { date, at: performance.now() };
    },
    now(): number {
      return last ? last.date + performance.now() - last.at : Date.now();
    },
  };
}

/** How a request failed, in a word, and the SpaceError for it: the HTTP client's, or one for what the SDK made of an answer. */
function failure(cause: unknown): { outcome: string; error: SpaceError } {
  if (!(cause instanceof SpaceError)) {
    const error = new SpaceError(`SignalWire's answer could not be read: ${cause}`, { cause });
    return { outcome: 'unreadable', error };
  }
  const { status } = cause;
  if (status === undefined) return { outcome: 'no_answer', error: cause };
  return { outcome: status < 300 ? 'unreadable' : String(status), error: cause };
}

/** Whether SignalWire doesn't take a filter of a list, for which its documents name no status. */
function isRefusedFilter(error: unknown): boolean {
  const { status = 0 } = error instanceof SpaceError ? error : {};
  return status >= 400 && status < 500 && status !== 401 && status !== 429;
}

function listedConference(one: { sid: string; friendlyName: string; dateCreated: Date }): ListedConference {
  return { sid: one.sid, name: one.friendlyName, createdAt: milliseconds(one.dateCreated) };
}

function observed({ sid, status }: { sid: string; status: string }): Recording {
  return { sid, state: observedState(status) };
}

// A word we don't know is taken for a running recording: then a pause is still tried.
function observedState(status: string): ObservedState {
  if (status === 'paused') return status;
  return OVER.includes(status) ? 'over' : 'in-progress';
}

/** ms since 1970; 0 for what isn't a date: the SDK passes on a date that it can't read as it came. */
function milliseconds(date: Date): number {
  return Number(date) || 0;
}

async function orUndefined<Found>(fetched: Promise<Found>): Promise<Found | undefined> {
  try {
    return await fetched;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
