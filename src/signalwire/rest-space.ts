import { RestClient } from '@signalwire/compatibility-api';
import { createHttpClient, type HttpClient } from './http-client.js';
import { isNotFound, SpaceError } from './space-error.js';

/** Whether a recording runs; SignalWire's other words for it are translated here. */
export type RecordingState = 'in-progress' | 'paused';

/** A recording that runs or can run again. */
export interface LiveRecording {
  sid: string;
  state: RecordingState;
}

/** A phone number of the project, and what takes its calls. */
export interface PhoneNumber {
  sid: string;
  /** In E.164 form. */
  phoneNumber: string;
  /** The voice webhook; empty where there is none. */
  voiceUrl: string;
  voiceMethod: string;
  /** Whether an application takes the calls: then the voice webhook is ignored. Source: SignalWire's OpenAPI document. */
  hasApplication: boolean;
}

export interface ListedConference {
  sid: string;
  name: string;
  /** To the second; an Invalid Date where SignalWire's can't be read. */
  createdAt: Date;
}

/**
 * What we ask of a SignalWire space, in our words. Every method rejects with a SpaceError. Lists are whole, whatever pages
 * they come in, and in no order that SignalWire promises. Source of what is asked and answered: SignalWire's OpenAPI
 * document of the compatibility API.
 */
export interface Space {
  /** Conferences of that status. */
  listConferences(status: 'init' | 'in-progress'): Promise<ListedConference[]>;
  /** The conference's status in SignalWire's word; undefined when it knows no such conference. */
  fetchConferenceStatus(conferenceSid: string): Promise<string | undefined>;
  /** CallSids of those who are in. Held, muted and coaching participants count as in. */
  listParticipants(conferenceSid: string): Promise<string[]>;
  /** The conference's recordings that aren't over, newest first. */
  listLiveRecordings(conferenceSid: string): Promise<LiveRecording[]>;
  /** What a recording does; undefined when it's over, or SignalWire knows no such recording. */
  fetchRecordingState(conferenceSid: string, recordingSid: string): Promise<RecordingState | undefined>;
  /** Pauses or resumes a recording. */
  updateRecording(conferenceSid: string, recordingSid: string, state: RecordingState): Promise<void>;
  /** Whether the project has, or had, a call of that SID. */
  isCall(sid: string): Promise<boolean>;
  /** The project's phone numbers. Needs the Numbers scope, without which SignalWire answers 401. */
  listPhoneNumbers(): Promise<PhoneNumber[]>;
  /** Sets a number's voice webhook, to be asked by POST, and nothing else of it. */
  pointPhoneNumber(sid: string, voiceUrl: string): Promise<void>;
  /** Calls somebody, who is put where the LaML at `url` says; returns the CallSid. Both numbers are in E.164 form. */
  placeCall(call: { to: string; from: string; url: string }): Promise<string>;
  /** The call's status in SignalWire's word. */
  fetchCallStatus(sid: string): Promise<string>;
  /** Closes the connections; requests under way fail. */
  close(): void;
}

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

/** Opens a space through SignalWire's compatibility SDK. Sends nothing yet. */
export function createSpace(options: SpaceOptions): Space {
  const { spaceUrl, projectId, apiToken, pauseBehavior, timeoutMs, onAnswered } = options;
  const http = createHttpClient(spaceUrl, timeoutMs);
  const client = connect(spaceUrl, projectId, apiToken, http);

  /** Waits for what the SDK was asked, and tells how it went. */
  async function ask<Answer>(operation: string, answer: Promise<Answer>): Promise<Answer> {
    const askedAt = performance.now();
    const tell = (outcome: string) => onAnswered({ operation, outcome, ms: performance.now() - askedAt });
    try {
      const read = await answer;
      tell('ok');
      return read;
    } catch (cause) {
      const { outcome, error } = failure(cause);
      tell(outcome);
      throw error;
    }
  }

  return {
    async listConferences(status) {
      const conferences = await ask(
        'list_conferences',
        allOf(client.conferences.page({ status, pageSize: PAGE_SIZE })),
      );
      return conferences.map(({ sid, friendlyName, dateCreated }) => ({
        sid,
        name: friendlyName ?? '',
        createdAt: dateCreated,
      }));
    },

    async fetchConferenceStatus(conferenceSid) {
      const conference = await orUndefined(ask('fetch_conference', client.conferences(conferenceSid).fetch()));
      return conference && statusOf(conference);
    },

    async listParticipants(conferenceSid) {
      const participants = await ask(
        'list_participants',
        allOf(client.conferences(conferenceSid).participants.page({ pageSize: PAGE_SIZE })),
      );
      return participants.filter((one) => statusOf(one) !== 'completed').map(({ callSid }) => callSid);
    },

    async listLiveRecordings(conferenceSid) {
      const recordings = await ask(
        'list_recordings',
        allOf(client.conferences(conferenceSid).recordings.page({ pageSize: PAGE_SIZE })),
      );
      return recordings
        .toSorted((a, b) => Number(b.dateCreated) - Number(a.dateCreated))
        .flatMap((recording) => {
          const state = recordingState(statusOf(recording));
          return state ? [{ sid: recording.sid, state }] : [];
        });
    },

    async fetchRecordingState(conferenceSid, recordingSid) {
      const recording = await orUndefined(
        ask('fetch_recording', client.conferences(conferenceSid).recordings(recordingSid).fetch()),
      );
      return recording && recordingState(statusOf(recording));
    },

    async updateRecording(conferenceSid, recordingSid, state) {
      // PauseBehavior is `silence` unless it is said each time (source: SignalWire's OpenAPI document).
      const change = state === 'paused' ? { status: state, pauseBehavior } : { status: state };
      statusOf(
        await ask('update_recording', client.conferences(conferenceSid).recordings(recordingSid).update(change)),
      );
    },

    async isCall(sid) {
      const call = await orUndefined(ask('fetch_call', client.calls(sid).fetch()));
      return call?.sid === sid;
    },

    async listPhoneNumbers() {
      const numbers = await ask('list_phone_numbers', allOf(client.incomingPhoneNumbers.page({ pageSize: PAGE_SIZE })));
      return numbers.map(({ sid, phoneNumber, voiceUrl, voiceMethod, voiceApplicationSid }) => ({
        sid,
        phoneNumber,
        voiceUrl: voiceUrl ?? '',
        voiceMethod,
        hasApplication: Boolean(voiceApplicationSid),
      }));
    },

    async pointPhoneNumber(sid, voiceUrl) {
      const change = { voiceUrl, voiceMethod: 'POST' };
      await ask('update_phone_number', client.incomingPhoneNumbers(sid).update(change));
    },

    async placeCall(call) {
      const { sid } = await ask('create_call', client.calls.create(call));
      return sid;
    },

    async fetchCallStatus(sid) {
      return statusOf(await ask('fetch_call', client.calls(sid).fetch()));
    },

    close: () => http.close(),
  };
}

type Client = ReturnType<typeof RestClient>;
type ClientOptions = NonNullable<Parameters<typeof RestClient>[2]>;

function connect(spaceUrl: string, projectId: string, apiToken: string, http: HttpClient): Client {
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

/** A page of a list, by what the SDK's types know of it. */
interface Page<Item> {
  loadInstance(resources: never[]): Item[];
  /** Undefined after the last one. */
  nextPage(): Promise<Page<Item>> | undefined;
}

// The SDK's own lists leave a promise to itself, which ends the process when the second page or a later one fails.
async function allOf<Item>(first: Promise<Page<Item>>): Promise<Item[]> {
  const items: Item[] = [];
  for (let page: Page<Item> | undefined = await first; page; page = await page.nextPage()) {
    // The items of a page are missing from the SDK's types.
    items.push(...(page as Page<Item> & { instances: Item[] }).instances);
  }
  return items;
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

// The SDK's types promise a status, of only some of the words that SignalWire's OpenAPI document lists; an answer
// without one must not pass for a recording that runs.
function statusOf(resource: { status?: string }): string {
  if (typeof resource.status === 'string') return resource.status;
  throw new SpaceError("SignalWire's answer could not be read: it has no status");
}

// Of the words in SignalWire's OpenAPI document (queued, in-progress, paused, resumed, completed, absent, stopped) and `failed`, which
// callbacks say too. A word we don't know is taken for a running recording: then a pause is still tried.
function recordingState(status: string): RecordingState | undefined {
  if (['completed', 'absent', 'stopped', 'failed'].includes(status)) return undefined;
  return status === 'paused' ? 'paused' : 'in-progress';
}

async function orUndefined<Found>(fetched: Promise<Found>): Promise<Found | undefined> {
  try {
    return await fetched;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
