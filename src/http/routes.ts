import express, { type Router } from 'express';
import type { Logger } from 'pino';
import type { Emit } from '../recorder-events.js';
import type { CallbackReceiver } from '../recording/callback-receiver.js';
import type { Settings } from '../settings/settings.js';
import { answerNotFound } from './app.js';
import { answerErrors } from './error-answers.js';
import { answerHealth } from './health.js';
import type { Readiness } from './readiness.js';
import { readBody } from './webhooks/body.js';
import { callback } from './webhooks/callback.js';
import { type InboundOptions, inbound } from './webhooks/inbound.js';
import { recordWebhooks } from './webhooks/record-webhooks.js';
import { requireAccount } from './webhooks/require-account.js';
import { requireSignature } from './webhooks/require-signature.js';
import { storeRecordingSid } from './webhooks/store-recording-sid.js';

export interface RoutesOptions {
  settings: Settings;
  /** Puts a caller into the open room. */
  placeCaller: InboundOptions['placeCaller'];
  /** Settles when the open room is known. Never rejects. */
  ready: Promise<unknown>;
  readiness: Pick<Readiness, 'answer'>;
  reconciler: CallbackReceiver;
  log: Logger;
  emit: Emit;
  /** The status page, its feed and the metrics; undefined if there is no status password. */
  status: Router | undefined;
  /** Where SignalWire reaches this service; undefined until a tunnel is open. */
  publicUrl: () => string | undefined;
}

/** Every route of the service: who is let in, what answers, and a one-line answer to every error. */
export function createRoutes(options: RoutesOptions): Router {
  const { settings, placeCaller, ready, readiness, reconciler, log, emit, status, publicUrl } = options;
  const { signingKeys, projectId } = settings;
  const router = express.Router();

  const admit = [requireSignature(signingKeys, publicUrl), requireAccount(projectId)];
  const webhooks = {
    '/callback': callback(reconciler, log),
    '/store_recording_sid': storeRecordingSid(reconciler, log),
    '/inbound': inbound({ placeCaller, ready, publicUrl, settings }),
  };
  for (const [path, webhook] of Object.entries(webhooks)) {
    const record = recordWebhooks(path, emit, publicUrl);
    // Without handlers of their own, Express would treat a HEAD as a GET, and answer OPTIONS itself.
    const route = router.route(path).head(answerNotFound);
    route.get(record, admit, webhook).post(record, readBody, admit, webhook).all(answerNotFound);
  }
  router.get('/healthz', answerHealth(reconciler, publicUrl));
  router.get('/readyz', readiness.answer);
  if (status) router.use(status);
  router.use(answerErrors(log, publicUrl));
  return router;
}
