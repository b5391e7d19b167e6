import { fileURLToPath } from 'node:url';
import express, { type RequestHandler, type Router } from 'express';
import helmet from 'helmet';
import type { Announce } from '../recorder-events.js';
import { feed } from './feed.js';
import { createHistory } from './history.js';
import { createMetrics } from './metrics.js';
import { requirePassword } from './require-password.js';

export interface StatusOptions {
  password: string;
  /** As the service was told: what the page calls alone, and what the names of conferences have before the room. */
  minParticipants: number;
  conferencePrefix: string;
}

/** What goes on, for people and machines to look at. */
export interface Status {
  /** Those who take in what the service announces. */
  listeners: Announce[];
  /** `/`, `/conferences` and `/metrics`. */
  routes: Router;
}

const PAGE = fileURLToPath(new URL('page', import.meta.url));

/** Begins to listen, with nothing seen yet. */
export function createStatus({ password, minParticipants, conferencePrefix }: StatusOptions): Status {
  const history = createHistory();
  const metrics = createMetrics(history);
  const routes = express.Router();
  const admit: RequestHandler[] = [headers(), keepPrivate, requirePassword(password)];

  const showMetrics: RequestHandler = async (_request, response) => {
    response.set('content-type', metrics.contentType).send(await metrics.text());
  };

  routes.get(['/', '/status.css', '/status.js'], admit, express.static(PAGE, { cacheControl: false }));
  routes.get('/conferences', admit, feed(history, minParticipants, conferencePrefix));
  routes.get('/metrics', admit, showMetrics);

  return { listeners: [history.hear, metrics.hear], routes };
}

const keepPrivate: RequestHandler = (_request, response, next) => {
  response.set('cache-control', 'private, no-cache');
  next();
};

/** The page needs its own script, stylesheet and feed, an icon that is written in it, and nothing else. */
function headers(): RequestHandler {
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
    // Whether a host is to be reached by https alone is for whoever ends TLS before us to say. On plain http browsers
    // complain of the other two, and they guard nothing here.
    strictTransportSecurity: false,
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
  });
}
