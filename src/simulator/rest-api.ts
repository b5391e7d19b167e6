import { setTimeout as delay } from 'node:timers/promises';
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import { ApiError, notFound, refusal, unauthorized } from './api-error.js';
import type { Calls } from './calls.js';
import type { Conferences } from './conferences.js';
import { addCalls } from './endpoints/calls.js';
import { addConferences } from './endpoints/conferences.js';
import type { Endpoint } from './endpoints/endpoint.js';
import { addPhoneNumbers } from './endpoints/phone-numbers.js';
import type { PhoneNumber } from './model.js';
import { ACCOUNTS } from './paging.js';
import type { Resources } from './resources.js';

export interface RestApiOptions {
  projectId: string;
  apiToken: string;
  calls: Calls;
  conferences: Conferences;
  numbers: PhoneNumber[];
  /** What looks like a number and is none. */
  invalidNumbers: ReadonlySet<string>;
  /** What the API token may be used for. */
  scopes: ReadonlySet<Scope>;
  resources: Resources;
  /** Milliseconds that a request takes: half before it's handled, half after. */
  latencyMs: () => number;
  /** Milliseconds that the list of participants is behind. */
  lagMs: () => number;
  /** Told of each request as it arrives. */
  onArrival(request: ApiRequest): void;
  /** Handles a request, or does something else in its place. */
  onRequest(request: ApiRequest, handle: () => ApiAnswer): Outcome | Promise<Outcome>;
  /** Told of each request as it's answered. */
  onAnswer(request: ApiRequest, outcome: Outcome): void;
}

/** What an API token can be good for, as far as this API goes. */
export type Scope = 'Voice' | 'Numbers';

export interface ApiRequest {
  method: string;
  /** Begins with the project ID. */
  path: string;
}

export interface ApiAnswer {
  status: number;
  /** Sent as JSON; text is sent as it is. */
  body: object | string;
  headers?: Record<string, string>;
}

/** What a request comes to: an answer, or a connection that is reset. */
export type Outcome = ApiAnswer | 'reset';

/**
 * SignalWire's compatibility REST API, as far as conferences need it, behind HTTP Basic. Both of its URL forms, with and
 * without `.json`. Source: SignalWire's OpenAPI document, and the SDK for the form without `/api/laml`.
 */
export function createRestApi(options: RestApiOptions): Express {
  const { projectId, apiToken, calls, conferences, numbers, invalidNumbers, scopes, resources } = options;
  const { latencyMs, lagMs, ...watcher } = options;
  const credentials = `Basic ${Buffer.from(`${projectId}:${apiToken}`).toString('base64')}`;

  function answerTo(request: Request, handle: (request: Request) => object): ApiAnswer {
    try {
      if (request.get('authorization') !== credentials || request.params.account !== projectId) throw unauthorized();
      if (!scopes.has(scopeOf(request))) throw unauthorized();
      return { status: 200, body: handle(request) };
    } catch (error) {
      if (error instanceof ApiError) return error;
      throw error;
    }
  }

  const endpoint: Endpoint = (handle) => async (request, response) => {
    const asked = { method: request.method, path: request.path };
    watcher.onArrival(asked);
    const halfMs = latencyMs() / 2;
    await delay(halfMs);
    const outcome = await watcher.onRequest(asked, () => answerTo(request, handle));
    await delay(halfMs);
    if (outcome === 'reset') request.socket.resetAndDestroy();
    else send(response, outcome);
    watcher.onAnswer(asked, outcome);
  };

  const router = express.Router();
  router.get('/:account', endpoint(resources.account));
  addCalls(router, endpoint, calls, numbers, invalidNumbers, resources);
  addConferences(router, endpoint, conferences, resources, lagMs);
  addPhoneNumbers(router, endpoint, numbers, resources);
  const nowhere = endpoint(() => {
    throw notFound();
  });
  router.all('/:account/*elsewhere', nowhere);

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use([ACCOUNTS, '/2010-04-01/Accounts'], withoutJsonEnding, router);
  app.use((_request, response) => {
    response.status(404).json(notFound().body);
  });
  app.use(answerError);
  return app;
}

// A token without the scope is answered 401, like a wrong one. Source: SignalWire's page "Authorization".
function scopeOf({ path }: Request): Scope {
  return /^\/[^/]+\/IncomingPhoneNumbers(\/|$)/.test(path) ? 'Numbers' : 'Voice';
}

function send(response: Response, { status, body, headers = {} }: ApiAnswer): void {
  response
    .status(status)
    .type(typeof body === 'string' ? 'html' : 'json')
    .set(headers);
  response.send(typeof body === 'string' ? body : JSON.stringify(body));
}

// Express would take the ending for a part of the last parameter.
const withoutJsonEnding: RequestHandler = (request, _response, next) => {
  request.url = request.url.replace(/\.json(?=\?|$)/, '');
  next();
};

const answerError: ErrorRequestHandler = (error, _request, response, _next) => {
  const status = error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 500;
  const { body } = refusal(status, status, error instanceof Error ? error.message : String(error));
  response.status(status).json(body);
};
