import { randomBytes, randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { listen } from '../http/server.js';
import { createCalls } from './calls.js';
import { createFaultInjector, type Faults, NO_FAULTS } from './faults.js';
import type { Webhook } from './model/callbacks.js';
import { type Account, sum } from './model/ledger.js';
import type { Call, Conference, Unanswered } from './model/resources.js';
import { type Change, createSpaceModel, type SpaceModel } from './model/space-model.js';
import { DOCUMENTED, type Traits } from './model/traits.js';
import { createViews } from './model/views.js';
import type { ApiAnswer, ApiRequest, Outcome } from './rest-api/exchange.js';
import { ACCOUNTS } from './rest-api/paging.js';
import type { PhoneNumber } from './rest-api/phone-number.js';
import { createRepresentations } from './rest-api/representations.js';
import { createRestApi, type Scope } from './rest-api/rest-api.js';
import { createWebhookSender } from './webhooks/webhook-sender.js';

export interface SimulatorOptions {
  /** 0, the default, takes a free one. */
  port?: number;
  /** Random, like the two below, unless it's given. */
  projectId?: string;
  apiToken?: string;
  signingKey?: string;
  /** How long a placed call rings, in milliseconds. */
  ringMs?: number;
  /** How long it rings where nobody answers, in milliseconds: a minute, if nothing else is asked for, as SignalWire does. */
  unansweredMs?: number;
  /**
   * How long it waits before the second and the third try of a callback, in milliseconds: 100 and 4000, unless given.
   * SignalWire says "very quickly" and "a few seconds" (what that is in milliseconds is assumed).
   */
  retryWaitsMs?: readonly number[];
  /** In what the space differs from the documented one. */
  traits?: Partial<Traits>;
  /** How far the space's clock is ahead of this machine's, in milliseconds. */
  clockAheadMs?: number;
  /** Serves the API over TLS, with this certificate. */
  tls?: { key: string; cert: string };
}

/** What happens in a space. */
export type SimulatorEvents = EventEmitter<{
  change: [change: Change];
  /** What the application did wrong, in a sentence. */
  problem: [sentence: string];
  /** A request of the REST API arrives, and is answered. */
  request: [request: ApiRequest];
  answer: [request: ApiRequest, outcome: Outcome];
}>;

/** A SignalWire space on loopback. */
export interface Simulator {
  events: SimulatorEvents;
  url: string;
  projectId: string;
  apiToken: string;
  signingKey: string;
  /** The number that is there from the start. */
  phoneNumber: string;
  /** The project's numbers: that one, and whatever is added. */
  readonly numbers: PhoneNumber[];
  /** What becomes of placed calls to a number; to others, somebody answers. */
  readonly unanswered: Map<string, Unanswered>;
  /** What looks like a number and is none. */
  readonly invalidNumbers: Set<string>;
  /** What the API token may be used for. */
  readonly scopes: Set<Scope>;
  /** Milliseconds that a request of the REST API takes: half before it's handled, half after. */
  latencyMs: number;
  /** What goes wrong; may be changed at any time. */
  readonly faults: Faults;
  /** What kind of space it is; may be changed at any time. */
  readonly traits: Traits;
  /** What is behind the API, for changes that nobody asks the API for. */
  readonly model: SpaceModel;
  /** What happens to one status callback: by default it's sent, if the faults let it. */
  onCallback(callback: Webhook, send: () => void): void;
  /** What happens to one request of the REST API: by default it's handled, if the faults let it. */
  onRequest(request: ApiRequest, handle: () => ApiAnswer): Outcome | Promise<Outcome>;
  /** Points the number's voice webhook somewhere. */
  pointNumber(url: string, method?: 'GET' | 'POST'): void;
  /** Buys another number, which points nowhere yet. */
  addNumber(phoneNumber: string): PhoneNumber;
  /**
   * Somebody calls the number, or what stands at `url`. Resolves when the call is in its conference, or has failed.
   *
   * @throws Error when there is no `url` and the number points nowhere
   */
  call(options?: { from?: string; url?: string; method?: 'GET' | 'POST' }): Promise<Call>;
  hangUp(call: Call): void;
  conferences(): Conference[];
  /** Forgets the conferences and calls that are over. */
  forgetPast(): void;
  /** Where the time of all conferences went. */
  account(): Account;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
const PHONE_NUMBER = '+15550100000';

/** With how many people a recording should run, for the accounts. */
const ENOUGH = 2;

function eventOf({ parameters }: Webhook): string {
  return parameters.StatusCallbackEvent ?? parameters.RecordingStatus ?? '';
}

/**
 * Starts a simulated space, with one phone number.
 *
 * @throws Error with a sentence when the port can't be had
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { projectId = randomUUID(), apiToken = `PT${randomBytes(20).toString('hex')}` } = options;
  const {
    signingKey = `PSK_${randomBytes(12).toString('hex')}`,
    ringMs = 50,
    unansweredMs = 60_000,
    retryWaitsMs = [100, 4000],
    clockAheadMs = 0,
  } = options;
  const traits = { ...DOCUMENTED, ...options.traits };
  const unanswered = new Map<string, Unanswered>();
  const invalidNumbers = new Set<string>();
  const scopes = new Set<Scope>(['Voice', 'Numbers']);
  const webhooks = createWebhookSender({ signingKey, encoding: () => traits.parameters, retryWaitsMs });
  const events: SimulatorEvents = new EventEmitter();
  const onProblem = (sentence: string) => events.emit('problem', sentence);
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
    // Monotonic, so that a step of this machine's clock moves nothing in the space.
    now: () => performance.timeOrigin + performance.now() + clockAheadMs,
    newSid: randomUUID,
    enough: ENOUGH,
    recordingUrl: (recordingSid) => `${simulator.url}${ACCOUNTS}/${projectId}/Recordings/${recordingSid}`,
    callBack: (callback, { name }) =>
      simulator.onCallback(callback, () =>
        injector.deliver(name, eventOf(callback), () => void sendCallback(callback)),
      ),
    onChange: (change) => events.emit('change', change),
  });
  const newNumber = (phoneNumber: string): PhoneNumber => ({
    ...model.newResource(),
    phoneNumber,
    voiceUrl: undefined,
    voiceMethod: 'POST',
    voiceApplicationSid: undefined,
  });
  const number = newNumber(PHONE_NUMBER);
  const numbers = [number];
  const calls = createCalls({ model, projectId, webhooks, ringMs, unansweredMs, unanswered, onProblem });
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
    onArrival: (request) => events.emit('request', request),
    onRequest: (request, handle) => injector.answer(request, () => simulator.onRequest(request, handle)),
    onAnswer: (request, outcome) => events.emit('answer', request, outcome),
  });
  const server = options.tls ? createTlsServer(options.tls, app) : createServer(app);
  // Node closes a connection after 5 s without a request; how long SignalWire keeps one isn't documented. A minute and a
  // bit is what the usual balancers do (assumed).
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
    pointNumber(url, method = 'POST') {
      number.voiceUrl = url;
      number.voiceMethod = method;
    },
    addNumber(phoneNumber) {
      const added = newNumber(phoneNumber);
      numbers.push(added);
      return added;
    },
    call({ from, url, method } = {}) {
      const target = url ?? number.voiceUrl;
      if (target === undefined) throw new Error('The number points nowhere yet: call pointNumber first.');
      callers += 1;
      const caller = from ?? `+1555020${String(callers).padStart(4, '0')}`;
      return calls.receive(caller, PHONE_NUMBER, { url: target, method: method ?? number.voiceMethod });
    },
    hangUp: (call) => model.endCall(call),
    conferences: () => [...model.conferences.values()],
    forgetPast() {
      model.forgetPast();
      injector.forgetPast();
    },
    account: () => sum([...model.conferences.values()].map(({ ledger }) => ledger.account())),
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
