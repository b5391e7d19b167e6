import { createServer } from 'node:http';
import express from 'express';
import { expect, it, onTestFinished } from 'vitest';
import { messagesOf } from '../../src/express-messages.js';
import { listen } from '../../src/server.js';

it("requests and responses are Express' own from the start, so that it changes none", async () => {
  const app = express();
  app.get('/', (request, response) => void response.json({ query: request.query, isOurs: request.app === app }));
  const seen: unknown[][] = [];
  const server = createServer(messagesOf(app), (request, response) => {
    const prototypes = () => [request, response].map((message) => Object.getPrototypeOf(message));
    const before = prototypes();
    app(request, response);
    seen.push(before, prototypes());
  });
  onTestFinished(() => void server.close());
  const answer = await fetch(`http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}/?a=1`);
  expect(await answer.json()).toEqual({ query: { a: '1' }, isOurs: true });
  const [before, after] = seen;
  const isSame = (one: unknown, index: number) => one === [app.request, app.response][index];
  expect([before?.every(isSame), after?.every(isSame)]).toEqual([true, true]);
});
