import { randomBytes, randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { listen } from '../http/server.js';
import { createCalls } from './calls.js';
import { createFaultInjector } from './fault-injector.js';
import { type Faults, NO_FAULTS } from './faults.js';
import type { Webhook } from './model/callbacks.js';
import type { CallHandler, PhoneNumber } from './model/phone-number.js';
import { type RecordingTime, sumRecordingTimes } from './model/recording-meter.js';
import type { Call, Conference, UnansweredStatus } from './model/resources.js';
import { type Change, createSpaceModel, type SpaceModel } from './model/space-model.js';
import { DOCUMENTED, type Traits } from './model/traits.js';
import { createViews } from './model/views.js';
import { createNumbers } from './numbers.js';
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
  /** Whether people count who are on hold or coaching, as in the service's settings: `recordingTime` depends on it. Default: true. */
  countHeld?: boolean;
  /** How many people make a recording run, as in the service's settings. Default: 2. */
  minParticipants?: number;
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
    minParticipants = 2,
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
    minParticipants,
    countHeld,
    recordingUrl: (recordingSid) => `${simulator.url}${ACCOUNTS_PATH}/${projectId}/Recordings/${recordingSid}`,
    onCallback: (callback, { name }) =>
      simulator.onCallback(callback, () =>
        injector.deliver(name, eventNameOf(callback), () => void sendCallback(callback)),
      ),
    onChange: (change) => events.emit('change', change),
  });
  const numbers = createNumbers(model.newResource, PHONE_NUMBER);
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
    numbers: numbers.all,
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
    numbers: numbers.all,
    unanswered,
    invalidNumbers,
    scopes,
    latencyMs: 0,
    faults,
    traits,
    model,
    onCallback: (_callback, send) => send(),
    onRequest: (_request, handle) => handle(),
    pointNumber: numbers.point,
    addNumber: numbers.add,
    call({ from, ...replacement } = {}) {
      const { webhook, fallback } = numbers.webhooks(replacement);
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

function eventNameOf({ parameters }: Webhook): string {
  return parameters.StatusCallbackEvent ?? parameters.RecordingStatus ?? '';
}
