import type { RequestListener } from 'node:http';
import express, { type RequestHandler, type Router } from 'express';

const NOT_FOUND = 'There is nothing here.\n';

/** An Express app that serves only a recorder's router. It answers 404 to everything that the router doesn't know. */
export function createApp(router: Router): RequestListener {
  const app = express();
  app.disable('x-powered-by');
  // No answer of ours is large enough for an ETag to save anything.
  app.disable('etag');
  app.use(router, answerNotFound);
  // For a URL without a path, Express calls only the third argument of `app`, which its types lack. Without that argument it
  // answers with a page of its own.
  const handle: (...args: [...Parameters<RequestListener>, notFound: () => void]) => void = app;
  return (request, response) => {
    handle(request, response, () => response.writeHead(404, { 'content-type': 'text/plain' }).end(NOT_FOUND));
  };
}

export const answerNotFound: RequestHandler = (_request, response) => {
  response.status(404).type('text/plain').send(NOT_FOUND);
};
