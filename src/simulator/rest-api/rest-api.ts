import { setTimeout as delay } from 'node:timers/promises';
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import { ApiError, notFound, refusal, unauthorized } from './api-error.js';
import { addCalls, type CallsParts } from './endpoints/calls.js';
import { addConferences } from './endpoints/conferences.js';
import { type Endpoint, ok } from './endpoints/endpoint.js';
import { addParticipants } from './endpoints/participants.js';
import { addPhoneNumbers } from './endpoints/phone-numbers.js';
import { addRecordings } from './endpoints/recordings.js';
import type { ApiAnswer, ApiRequest, Outcome } from './exchange.js';
import { ACCOUNTS } from './paging.js';

export interface RestApiOptions extends Omit<CallsParts, 'endpoint'> {
  projectId: string;
  apiToken: string;
  /** What the API token may be used for. */
  scopes: ReadonlySet<Scope>;
  /** Milliseconds that a request takes: half before it's handled, half after. */
  latencyMs: () => number;
  /** Told of each request as it arrives. */
  onArrival(request: ApiRequest): void;
  /** Handles a request, or does something else in its place. */
  onRequest(request: ApiRequest, handle: () => ApiAnswer): Outcome | Promise<Outcome>;
  /** Told of each request as it's answered. */
  onAnswer(request: ApiRequest, outcome: Outcome): void;
}

/** What an API token can be good for, as far as this API goes. */
export type Scope = 'Voice' | 'Numbers';

/**
 * SignalWire's compatibility REST API, as far as conferences need it, behind HTTP Basic. Both of its URL forms, with and
 * without `.json`. Source: SignalWire's OpenAPI document, and the SDK for the form without `/api/laml`.
 */
export function createRestApi(options: RestApiOptions): Express {
  const { projectId, apiToken, scopes, latencyMs, onArrival, onRequest, onAnswer, ...others } = options;
  const credentials = `Basic ${Buffer.from(`${projectId}:${apiToken}`).toString('base64')}`;

  function answerTo(request: Request, handle: (request: Request) => ApiAnswer): ApiAnswer {
    try {
      if (request.get('authorization') !== credentials || request.params.account !== projectId) throw unauthorized();
      if (!scopes.has(scopeOf(request))) throw unauthorized();
      return handle(request);
    } catch (error) {
      if (error instanceof ApiError) return error;
      throw error;
    }
  }

  const endpoint: Endpoint = (handle) => async (request, response) => {
    const asked = { method: request.method, path: request.path };
    onArrival(asked);
    const halfMs = latencyMs() / 2;
    await delay(halfMs);
    const outcome = await onRequest(asked, () => answerTo(request, handle));
    await delay(halfMs);
    if (outcome === 'reset') request.socket.resetAndDestroy();
    else send(response, outcome, others.model.now());
    onAnswer(asked, outcome);
  };

  const router = express.Router();
  router.get(
    '/:account',
    endpoint(() => ok(others.representations.account())),
  );
  const parts = { ...others, endpoint };
  addCalls(router, parts);
  addConferences(router, parts);
  addParticipants(router, parts);
  addRecordings(router, parts);
  addPhoneNumbers(router, parts);
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

function send(response: Response, { status, body, headers = {} }: ApiAnswer, now: number): void {
  response
    .status(status)
    .type(typeof body === 'string' ? 'html' : 'json')
    // The space's clock, which may not be this machine's.
    .set({ date: new Date(now).toUTCString(), ...headers });
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
