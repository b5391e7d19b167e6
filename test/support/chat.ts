import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { listen } from '../../src/http/server.js';

/** A chat's incoming webhook. */
export interface Chat {
  /** Has a secret in its path, as those of chats have. */
  url: string;
  /** The bodies of the requests so far. */
  received: unknown[];
  /** The status of the next answers, in their order; then 200. */
  statuses: number[];
}

/** Starts a chat's incoming webhook, which is closed when the test is over. */
export async function startChat(): Promise<Chat> {
  const received: unknown[] = [];
  const statuses: number[] = [];
  const server = createServer(async (request, response) => {
    received.push(await json(request));
    // As slow as a real one, so that something else may happen meanwhile.
    await delay(100);
    response.writeHead(statuses.shift() ?? 200).end('ok');
  });
  const port = await listen(server, 0, '127.0.0.1');
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${port}/services/SECRET`, received, statuses };
}
