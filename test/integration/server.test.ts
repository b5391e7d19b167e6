import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createWebhookServer, listen, stopListening } from '../../src/http/server.js';
import { rawRequest } from '../support/raw-request.js';

const START = 'POST /callback HTTP/1.1\r\nHost: x\r\n';
const FORM = 'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\n';

// Each takes a second, because Node checks time limits once per second, so they run at the same time.
describe.concurrent('the server', () => {
  it('answers 408 to a client that is slow to send its headers or its body', async ({ onTestFinished }) => {
    const server = createWebhookServer((request) => request.resume());
    // SignalWire waits 5 s for an answer. The test shortens that.
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
