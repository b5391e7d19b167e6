import { setTimeout as delay } from 'node:timers/promises';
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import { ApiError, apiError, notFound, unauthorized } from './api-error.js';
import { addAudioEndpoint } from './endpoints/audio.js';
import { addCallEndpoints, type CallEndpointContext } from './endpoints/calls.js';
import { addConferenceEndpoints } from './endpoints/conferences.js';
import { type CreateHandler, ok } from './endpoints/endpoint.js';
import { addParticipantEndpoints } from './endpoints/participants.js';
import { addPhoneNumberEndpoints } from './endpoints/phone-numbers.js';
import { addRecordingEndpoints } from './endpoints/recordings.js';
import type { ApiOutcome, ApiRequest, ApiResponse } from './exchange.js';
import { ACCOUNTS_PATH } from './paging.js';
import { unauthorized as relayUnauthorized } from './relay/relay-error.js';
import { createRelayNumbersRouter, RELAY_PATH } from './relay/relay-numbers.js';

export interface RestApiOptions extends Omit<CallEndpointContext, 'createHandler'> {
  projectId: string;
  apiToken: string;
  /** The scopes of the API token. */
  scopes: ReadonlySet<Scope>;
  /** How long a request takes, in milliseconds: half of it passes before the request is handled, half after. */
  latencyMs: () => number;
  /** Called when a request is received. */
  onReceived(request: ApiRequest): void;
  /** Handles a request by calling `handle`, or answers it in another way. */
  onRequest(request: ApiRequest, handle: () => ApiResponse): ApiOutcome | Promise<ApiOutcome>;
  /** Called when a request is answered or its connection is reset. */
  onAnswered(request: ApiRequest, outcome: ApiOutcome): void;
}

/** The scopes of an API token that this API distinguishes. */
export type Scope = 'Voice' | 'Numbers';

/** How one of SignalWire's two REST APIs treats a request. */
interface Dialect {
  /** The path of a request, as it is reported. */
  pathOf(request: Request): string;
  /** Whether the credentials, which are valid, suffice for a request. */
  permits(request: Request): boolean;
  /** The answer to credentials that don't suffice. */
  unauthorized(): ApiError;
}

/**
 * The part of SignalWire's compatibility REST API that conferences need, and the numbers in SignalWire's own REST API, with HTTP
 * Basic authentication. The former accepts both forms of the path, with and without `.json`. Source: SignalWire's OpenAPI
 * documents; the SDK for the form without `/api/laml`.
 */
export function createRestApi(options: RestApiOptions): Express {
  const { projectId, apiToken, scopes, latencyMs, onReceived, onRequest, onAnswered, ...parts } = options;
  const credentials = `Basic ${Buffer.from(`${projectId}:${apiToken}`).toString('base64')}`;

  function respond(
    request: Request,
    dialect: Dialect,
    handle: (request: Request) => ApiResponse,
    isPublic: boolean,
  ): ApiResponse {
    try {
      if (isPublic && request.params.account !== projectId) throw notFound();
      const isAuthorized = request.get('authorization') === credentials && dialect.permits(request);
      if (!isPublic && !isAuthorized) throw dialect.unauthorized();
      return handle(request);
    } catch (error) {
      if (error instanceof ApiError) return error;
      throw error;
    }
  }

  const handlersOf =
    (dialect: Dialect): CreateHandler =>
    (handle, { isPublic } = { isPublic: false }) =>
    async (request, response) => {
      const apiRequest = { method: request.method, path: dialect.pathOf(request) };
      onReceived(apiRequest);
      const halfMs = latencyMs() / 2;
      await delay(halfMs);
      const outcome = await onRequest(apiRequest, () => respond(request, dialect, handle, isPublic));
      await delay(halfMs);
      if (outcome === 'reset') request.socket.resetAndDestroy();
      else send(response, outcome, parts.model.now());
      onAnswered(apiRequest, outcome);
    };

  const createHandler = handlersOf({
    pathOf: ({ path }) => path,
    permits: (request) => request.params.account === projectId && scopes.has(requiredScope(request)),
    unauthorized,
  });
  const createRelayHandler = handlersOf({
    pathOf: ({ baseUrl, path }) => baseUrl + path,
    permits: () => scopes.has('Numbers'),
    unauthorized: relayUnauthorized,
  });

  const router = express.Router();
  const fetchAccount = createHandler(() => ok(parts.representations.account()));
  router.get('/:account', fetchAccount);
  const context = { ...parts, createHandler };
  addCallEndpoints(router, context);
  addConferenceEndpoints(router, context);
  addParticipantEndpoints(router, context);
  // Before the metadata, which has the same path with `.json`.
  addAudioEndpoint(router, context);
  addRecordingEndpoints(router, context);
  addPhoneNumberEndpoints(router, context);
  const rejectUnknownPath = createHandler(() => {
    throw notFound();
  });
  router.all('/:account/*path', rejectUnknownPath);

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use([ACCOUNTS_PATH, '/2010-04-01/Accounts'], stripJsonExtension, router);
  app.use(RELAY_PATH, createRelayNumbersRouter(createRelayHandler, parts.model, parts.numbers));
  app.use((_request, response) => {
    response.status(404).json(notFound().body);
  });
  app.use(answerError);
  return app;
}

/** SignalWire answers 401 to a token without the scope, as it does to a wrong token. Source: its page "Authorization". */
function requiredScope({ path }: Request): Scope {
  return /^\/[^/]+\/IncomingPhoneNumbers(\/|$)/.test(path) ? 'Numbers' : 'Voice';
}

/** @param now the space's clock (ms since 1970), which may differ from this machine's */
function send(response: Response, { status, body, headers = {}, cut }: ApiResponse, now: number): void {
  const isPlain = typeof body === 'string' || body instanceof Uint8Array;
  const bytes = Buffer.from(isPlain ? body : JSON.stringify(body));
  response
    .status(status)
    .type(isPlain ? 'html' : 'json')
    .set({ date: new Date(now).toUTCString(), ...headers });
  if (!cut) return void response.send(isPlain ? body : bytes.toString());
  response.set('content-length', String(bytes.length));
  response.write(bytes.subarray(0, cut.bytes), () => {
    // Not a reset, at which the receiver may lose what it hasn't read yet.
    if (cut.ending === 'close') response.socket?.destroy();
  });
}

/** Otherwise Express would take `.json` for a part of the last path parameter. */
const stripJsonExtension: RequestHandler = (request, _response, next) => {
  request.url = request.url.replace(/\.json(?=\?|$)/, '');
  next();
};

const answerError: ErrorRequestHandler = (error, _request, response, _next) => {
  const status = error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 500;
  const { body } = apiError(status, status, error instanceof Error ? error.message : String(error));
  response.status(status).json(body);
};
