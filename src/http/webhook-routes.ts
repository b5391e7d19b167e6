import { randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import express, { type ErrorRequestHandler, type RequestHandler, type Router } from 'express';
import type { Logger } from 'pino';
import type { Announce } from '../recorder-events.js';
import type { Reconciler } from '../recording/reconciler.js';
import type { OpenRoom } from '../rooms/open-room.js';
import type { Settings } from '../settings/settings.js';
import { version } from '../version.js';
import type { Health } from './health.js';
import { withoutValues } from './redact-url.js';
import { readBody } from './webhooks/body.js';
import { callback } from './webhooks/callback.js';
import { inbound } from './webhooks/inbound.js';
import { requireAccount } from './webhooks/require-account.js';
import { requireSignature, signatureHeadersOf } from './webhooks/require-signature.js';
import { storeRecordingSid } from './webhooks/store-recording-sid.js';

export interface AppOptions {
  settings: Settings;
  openRoom: Pick<OpenRoom, 'nameFor'>;
  /** Settles when callers can be told the open room. Never rejects. */
  ready: Promise<unknown>;
  reconciler: Reconciler;
  log: Logger;
  announce: Announce;
  /** The status page and what belongs to it, if there is one. */
  status: Router | undefined;
  /** Where SignalWire reaches this service; undefined until a tunnel is open. */
  publicUrl: () => string | undefined;
}

const NOTHING_HERE = 'There is nothing here.\n';

/** The Express app: routes, who gets in, and plain one-line answers to everything else. */
export function createApp(options: AppOptions): RequestListener {
  const { settings, openRoom, ready, reconciler, log, announce, status, publicUrl } = options;
  const { signingKeys, projectId, conferenceName, conferencePrefix } = settings;
  const app = express();
  app.disable('x-powered-by');
  // Nothing here is worth the hash of a body.
  app.disable('etag');

  const admit = [requireSignature(signingKeys, publicUrl), requireAccount(projectId)];
  const webhooks = {
    '/callback': callback(reconciler, log),
    '/store_recording_sid': storeRecordingSid(reconciler, log),
    '/inbound': inbound({ openRoom, ready, publicUrl, conferenceName, conferencePrefix }),
  };
  for (const [path, webhook] of Object.entries(webhooks)) {
    const route = app.route(path);
    // Nobody else counts them.
    if (status) route.all(tell(path, announce));
    // Without its own handler a HEAD would be taken for a GET.
    route.head(answerNothing).get(admit, webhook).post(readBody, admit, webhook);
  }

  const instance = randomUUID();
  app.get('/healthz', (_request, response) => {
    const { size: conferences } = reconciler;
    response.json({ status: 'ok', version, instance, publicUrl: publicUrl() ?? null, conferences } satisfies Health);
  });

  if (status) app.use(status);
  app.use(answerNothing);
  app.use(answerError(log, publicUrl));

  // For a URL without a path Express asks none of the above but a third argument, which its types don't know; without
  // one it answers a page of its own.
  const handle: (...asked: [...Parameters<RequestListener>, otherwise: () => void]) => void = app;
  return (request, response) => {
    handle(request, response, () => response.writeHead(404, { 'content-type': 'text/plain' }).end(NOTHING_HERE));
  };
}

/** Announces how a webhook is answered. */
function tell(route: string, announce: Announce): RequestHandler {
  return (_request, response, next) => {
    response.once('finish', () => announce({ what: 'webhook', route, status: response.statusCode }));
    next();
  };
}

const answerNothing: RequestHandler = (_request, response) => {
  response.status(404).type('text/plain').send(NOTHING_HERE);
};

/** Answers with a sentence, and logs what a signature was checked against, as that is where most refusals come from. */
function answerError(log: Logger, publicUrl: () => string | undefined): ErrorRequestHandler {
  // Express knows an error handler by its four parameters.
  return (error, request, response, next) => {
    const status = statusOf(error);
    const { method, path } = request;
    const url = withoutValues((publicUrl() ?? '') + request.originalUrl);
    if (status >= 500) log.error({ method, path, url, err: error }, 'a request failed');
    else {
      const signatureHeaders = signatureHeadersOf(request);
      log.warn({ method, path, url, signatureHeaders, status, reason: error.message }, 'request refused');
    }
    if (response.headersSent) return next(error);
    const sentence = status >= 500 && status !== 503 ? 'Something went wrong here.' : oneLine(error.message);
    response.status(status).type('text/plain').send(`${sentence}\n`);
  };
}

function statusOf(error: unknown): number {
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
