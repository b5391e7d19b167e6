import { expect, it, onTestFinished } from 'vitest';
import { createWebhookServer, listen } from '../../src/http/server.js';
import { rawRequest } from '../support/raw-request.js';

it('a slow sender is cut off, of its headers as of its body', async () => {
  const server = createWebhookServer((request) => request.resume());
  // SignalWire waits 5 s for an answer; here it is as little as Node looks at.
  expect([server.headersTimeout, server.requestTimeout]).toEqual([5000, 5000]);
  server.headersTimeout = server.requestTimeout = 1;
  const port = await listen(server, 0, '127.0.0.1');
  onTestFinished(() => void server.close());
  const start = 'POST /callback HTTP/1.1\r\nHost: x\r\n';
  const form = 'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\n';
  const unfinished = [`${start}X-Slow: `, `${start}${form}a`];
  const answers = await Promise.all(unfinished.map((bytes) => rawRequest(port, bytes)));
  for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 408 /);
});
