import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import express, { type RequestHandler, type Router } from 'express';
import helmet from 'helmet';
import type { LinkStatus } from '../copies/link-status.js';
import type { Problems } from '../monitoring/problems.js';
import type { Listener } from '../recorder-events.js';
import type { PolicyFor } from '../recording/recording-policy.js';
import { createFeed } from './feed.js';
import { createHistory } from './history.js';
import type { LinkedCopies } from './linked-copies.js';
import { createMetrics } from './metrics.js';
import { requirePassword } from './require-password.js';
import { createWebhookLog } from './webhook-log.js';

export interface StatusOptions {
  password: string;
  problems: Pick<Problems, 'current' | 'wrongForMs'>;
  policyFor: PolicyFor;
  conferencePrefix: string;
  resyncIntervalMs: number;
  /** Undefined without REDIS_URL. */
  linkStatus: Pick<LinkStatus, 'current'> | undefined;
  /** Undefined if nothing links this copy with others. */
  copies: () => LinkedCopies | undefined;
}

/** The status of the service, for people and machines. */
export interface Status {
  /** They must receive every event. */
  listeners: Listener[];
  /** They must receive what other copies of the service have done. */
  othersListeners: Listener[];
  /** `/`, `/conferences`, `/metrics` and `/webhooks`. */
  router: Router;
}

const PAGE = fileURLToPath(new URL('page', import.meta.url));

/** The page's files, each by its name: nothing else is answered here, because an app around the service may have such paths. */
const PAGE_PATHS = ['/', ...readdirSync(PAGE).flatMap((name) => (name === 'index.html' ? [] : `/${name}`))];

export function createStatus({
  password,
  problems,
  policyFor,
  conferencePrefix: prefix,
  resyncIntervalMs,
  copies,
  linkStatus,
}: StatusOptions): Status {
  const history = createHistory();
  const metrics = createMetrics({ history, problems, resyncIntervalMs, copies, linkStatus });
  const webhooks = createWebhookLog(() => copies()?.id);
  const router = express.Router();
  const admit: RequestHandler[] = [securityHeaders(), keepPrivate, requirePassword(password)];

  const sendMetrics: RequestHandler = async (_request, response) => {
    response.set('content-type', metrics.contentType).send(await metrics.text());
  };

  router.get(PAGE_PATHS, admit, express.static(PAGE, { cacheControl: false }));
  router.get('/conferences', admit, createFeed({ history, problems, policyFor, prefix, copies }));
  router.get('/metrics', admit, sendMetrics);
  router.get('/webhooks', admit, webhooks.answer);

  return {
    listeners: [history.record, metrics.record, webhooks.record],
    othersListeners: [history.recordOthers, metrics.recordOthers, webhooks.record],
    router,
  };
}

const keepPrivate: RequestHandler = (_request, response, next) => {
  response.set('cache-control', 'private, no-cache');
  next();
};

/** The page may load its own script, stylesheet and feed, and an icon that it contains, and nothing else. */
function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        connectSrc: ["'self'"],
        imgSrc: ['data:'],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    // Whether a host is reached by https alone is for the proxy in front of us to say. The other two headers protect nothing
    // here, and browsers complain about them on plain http.
    strictTransportSecurity: false,
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
  });
}
