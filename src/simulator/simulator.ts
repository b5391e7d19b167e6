import { randomBytes, randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { listen } from '../http/server.js';
import { createCalls, type VoiceWebhook } from './calls.js';
import { createFaultInjector } from './fault-injector.js';
import { type Faults, NO_FAULTS } from './faults.js';
import type { Webhook } from './model/callbacks.js';
import { type CallHandler, createPhoneNumber, type PhoneNumber } from './model/phone-number.js';
import { type RecordingTime, sumRecordingTimes } from './model/recording-meter.js';
import type { Call, Conference, UnansweredStatus } from './model/resources.js';
import { type Change, createSpaceModel, type SpaceModel } from './model/space-model.js';
import { DOCUMENTED, type Traits } from './model/traits.js';
import { createViews } from './model/views.js';
import type { ApiOutcome, ApiRequest, ApiResponse } from './rest-api/exchange.js';
import { ACCOUNTS_PATH } from './rest-api/paging.js';
import { createRepresentations } from './rest-api/representations.js';
import { createRestApi, type Scope } from './rest-api/rest-api.js';
import { createWebhookSender } from './webhooks/webhook-sender.js';

export interface SimulatorOptions {
  /** Default: 0, any free port. */
  port?: number;
  /** Default: random. */
  projectId?: string;
  /** Default: random. */
  apiToken?: string;
  /** Default: random. */
  signingKey?: string;
  /** How long a placed call rings until it is answered or busy, in milliseconds. Default: 50. */
  ringMs?: number;
  /** How long a placed call rings if nobody answers, in milliseconds. Default: a minute, as with SignalWire. */
  unansweredMs?: number;
  /** How long each announcement takes that a caller hears before joining, in milliseconds. Default: 3000. */
  announcementMs?: number;
  /**
   * The waits before the second and the third attempt to send a callback, in milliseconds. Default: 100 and 4000. SignalWire
   * documents "very quickly" and "a few seconds"; the figures are assumed.
   */
  retryWaitsMs?: readonly number[];
  /** Whether people who are on hold or coaching count in `recordingTime`. Default: true. */
  countHeld?: boolean;
  /** The traits that differ from the documented ones. */
  traits?: Partial<Traits>;
  /** How far the space's clock is ahead of this machine's, in milliseconds. Default: 0. */
  clockAheadMs?: number;
  /** Serves the REST API over TLS with this certificate (PEM). */
  tls?: { key: string; cert: string };
}

export type SimulatorEvents = EventEmitter<{
  change: [change: Change];
  /** A caller, who isn't in a conference yet, begins to hear a text or a file. */
  announcement: [call: Call, announcement: string];
  /** The application did something wrong. A sentence says what. */
  problem: [problem: string];
  /** The REST API received a request. */
  request: [request: ApiRequest];
  /** The REST API answered a request, or reset its connection. */
  answer: [request: ApiRequest, outcome: ApiOutcome];
}>;

/** A simulated SignalWire space on loopback. */
export interface Simulator {
  events: SimulatorEvents;
  url: string;
  projectId: string;
  apiToken: string;
  signingKey: string;
  /** The first of the project's numbers, which exists from the start. */
  phoneNumber: string;
  /** The project's numbers. */
  readonly numbers: PhoneNumber[];
  /** The numbers that don't answer placed calls, and how those calls end. All other numbers answer. */
  readonly unanswered: Map<string, UnansweredStatus>;
  /** Numbers in E.164 form that don't exist. */
  readonly invalidNumbers: Set<string>;
  /** The scopes of the API token. */
  readonly scopes: Set<Scope>;
  /** How long a request to the REST API takes, in milliseconds: half of it passes before the request is handled, half after. */
  latencyMs: number;
  /** What goes wrong. May be changed at any time. */
  readonly faults: Faults;
  /** May be changed at any time. */
  readonly traits: Traits;
  /** The model behind the REST API, for changes that bypass it. */
  readonly model: SpaceModel;
  /** Handles a conference or recording callback. By default it is sent, subject to the faults. May be replaced. */
  onCallback(callback: Webhook, send: () => void): void;
  /** Handles a request to the REST API. By default it is answered, subject to the faults. May be replaced. */
  onRequest(request: ApiRequest, handle: () => ApiResponse): ApiOutcome | Promise<ApiOutcome>;
  /** Sets the voice webhook of `phoneNumber`, and lets it handle the calls, as the dashboard does. */
  pointNumber(url: string, method?: 'GET' | 'POST', fallbackUrl?: string): void;
  /** Adds a number to the project. It has no voice webhook yet. @param handler what handles its calls; default: nothing */
  addNumber(phoneNumber: string, options?: { handler?: CallHandler }): PhoneNumber;
  /**
   * Simulates a call to `phoneNumber`. Resolves when the call is in its conference or has failed.
   *
   * @param options `url` and `method` replace the number's voice webhook and its fallback
   * @throws Error if there is no `url`, and no voice webhook handles the number's calls
   */
  call(options?: { from?: string; url?: string; method?: 'GET' | 'POST' }): Promise<Call>;
  hangUp(call: Call): void;
  conferences(): Conference[];
  /** Forgets the conferences and calls that are over. */
  forgetEnded(): void;
  /** How long the recordings of all conferences together were right or wrong. */
  recordingTime(): RecordingTime;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
const PHONE_NUMBER = '+15550100000';

/** A recording should run while at least this many people are in its conference. Only `recordingTime` uses it. */
const MIN_PARTICIPANTS = 2;

/**
 * Starts a simulated space with one phone number.
 *
 * @throws Error if the port is not available
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const {
    projectId = randomUUID(),
    apiToken = `PT${randomBytes(20).toString('hex')}`,
    signingKey = `PSK_${randomBytes(12).toString('hex')}`,
    ringMs = 50,
    unansweredMs = 60_000,
    retryWaitsMs = [100, 4000],
    announcementMs = 3000,
    clockAheadMs = 0,
    countHeld = true,
  } = options;
  const traits = { ...DOCUMENTED, ...options.traits };
  const unanswered = new Map<string, UnansweredStatus>();
  const invalidNumbers = new Set<string>();
  const scopes = new Set<Scope>(['Voice', 'Numbers']);
  const webhooks = createWebhookSender({ signingKey, encoding: () => traits.parameters, retryWaitsMs });
  const events: SimulatorEvents = new EventEmitter();
  const onProblem = (problem: string) => events.emit('problem', problem);
  const faults = { ...NO_FAULTS };
  const injector = createFaultInjector(faults);
  let callers = 0;

  async function sendCallback(callback: Webhook): Promise<void> {
    const failure = await webhooks.sendCallback(callback);
    if (failure !== undefined) onProblem(`A callback to ${callback.url} was lost: ${failure}`);
  }

  const model = createSpaceModel({
    projectId,
    traits,
    // Monotonic, so that a step of this machine's clock changes nothing in the space.
    now: () => performance.timeOrigin + performance.now() + clockAheadMs,
    newSid: randomUUID,
    minParticipants: MIN_PARTICIPANTS,
    countHeld,
    recordingUrl: (recordingSid) => `${simulator.url}${ACCOUNTS_PATH}/${projectId}/Recordings/${recordingSid}`,
    onCallback: (callback, { name }) =>
      simulator.onCallback(callback, () =>
        injector.deliver(name, eventNameOf(callback), () => void sendCallback(callback)),
      ),
    onChange: (change) => events.emit('change', change),
  });
  const firstNumber = createPhoneNumber(model.newResource(), PHONE_NUMBER);
  const numbers = [firstNumber];
  const calls = createCalls({
    model,
    projectId,
    webhooks,
    ringMs,
    unansweredMs,
    unanswered,
    announcementMs,
    onAnnouncement: (call, announcement) => events.emit('announcement', call, announcement),
    onProblem,
  });
  const app = createRestApi({
    projectId,
    apiToken,
    model,
    views: createViews(model),
    representations: createRepresentations(projectId, model.now),
    calls,
    numbers,
    invalidNumbers,
    scopes,
    latencyMs: () => simulator.latencyMs,
    onReceived: (request) => events.emit('request', request),
    onRequest: (request, handle) => injector.answer(request, () => simulator.onRequest(request, handle)),
    onAnswered: (request, outcome) => events.emit('answer', request, outcome),
  });
  const server = options.tls ? createTlsServer(options.tls, app) : createServer(app);
  // Node closes a connection that has been idle for 5 s. How long SignalWire keeps one isn't documented; common load balancers
  // keep one for about a minute (assumed).
  server.keepAliveTimeout = 65_000;

  const simulator: Simulator = {
    events,
    url: '',
    projectId,
    apiToken,
    signingKey,
    phoneNumber: PHONE_NUMBER,
    numbers,
    unanswered,
    invalidNumbers,
    scopes,
    latencyMs: 0,
    faults,
    traits,
    model,
    onCallback: (_callback, send) => send(),
    onRequest: (_request, handle) => handle(),
    pointNumber(url, method = 'POST', fallbackUrl) {
      firstNumber.voiceUrl = url;
      firstNumber.voiceMethod = method;
      firstNumber.voiceFallbackUrl = fallbackUrl;
      firstNumber.handler = url ? 'laml_webhooks' : undefined;
    },
    addNumber(phoneNumber, { handler } = {}) {
      const number = createPhoneNumber(model.newResource(), phoneNumber, handler);
      numbers.push(number);
      return number;
    },
    call({ from, url, method = firstNumber.voiceMethod } = {}) {
      const { webhook, fallback } =
        url === undefined ? webhooksOf(firstNumber) : { webhook: { url, method }, fallback: undefined };
      callers += 1;
      const caller = from ?? `+1555020${String(callers).padStart(4, '0')}`;
      return calls.receive(caller, PHONE_NUMBER, webhook, fallback);
    },
    hangUp: (call) => model.endCall(call),
    conferences: () => [...model.conferences.values()],
    forgetEnded() {
      model.forgetEnded();
      injector.resetCounts();
    },
    recordingTime: () => sumRecordingTimes([...model.conferences.values()].map(({ meter }) => meter.read())),
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      webhooks.close();
      await closed;
    },
  };

  simulator.url = `${options.tls ? 'https' : 'http'}://${HOST}:${await listen(server, options.port ?? 0, HOST)}`;
  return simulator;
}

/** The voice webhook of a number, and its fallback, if it has one. @throws Error if no voice webhook handles its calls */
function webhooksOf(number: PhoneNumber): { webhook: VoiceWebhook; fallback: VoiceWebhook | undefined } {
  const { handler, voiceUrl, voiceMethod, voiceFallbackUrl, voiceFallbackMethod } = number;
  if (handler !== 'laml_webhooks') throw new Error(`The number's calls are handled by ${handler ?? 'nothing'}.`);
  if (!voiceUrl) throw new Error('The number has no voice webhook. Call pointNumber first.');
  return {
    webhook: { url: voiceUrl, method: voiceMethod },
    fallback: voiceFallbackUrl ? { url: voiceFallbackUrl, method: voiceFallbackMethod } : undefined,
  };
}

function eventNameOf({ parameters }: Webhook): string {
  return parameters.StatusCallbackEvent ?? parameters.RecordingStatus ?? '';
}
