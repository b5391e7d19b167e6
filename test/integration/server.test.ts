import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createWebhookServer, listen, stopListening } from '../../src/http/server.js';
import { rawRequest } from '../support/raw-request.js';

const START = 'POST /callback HTTP/1.1\r\nHost: x\r\n';
const FORM = 'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\n';

// Each waits for a second, by Node's clock, so they wait together.
describe.concurrent('the server', () => {
  it('cuts off a slow sender, of its headers as of its body', async ({ onTestFinished }) => {
    const server = createWebhookServer((request) => request.resume());
    // SignalWire waits 5 s for an answer; here it is as little as Node looks at.
    expect([server.headersTimeout, server.requestTimeout]).toEqual([5000, 5000]);
    server.headersTimeout = server.requestTimeout = 1;
    const port = await listen(server, 0, '127.0.0.1');
    onTestFinished(() => void server.close());
    const unfinished = [`${START}X-Slow: `, `${START}${FORM}a`];
    const answers = await Promise.all(unfinished.map((bytes) => rawRequest(port, bytes)));
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('stops without waiting for a request that never finishes arriving', async () => {
    const server = createWebhookServer((request) => request.resume());
    const arrived = once(server, 'request');
    const answer = rawRequest(await listen(server, 0, '127.0.0.1'), `${START}${FORM}a`);
    await arrived;
    await stopListening(server);
    expect(await answer).toBe('');
  });
});
