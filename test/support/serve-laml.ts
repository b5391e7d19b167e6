import { createServer } from 'node:http';
import { onTestFinished } from 'vitest';
import { listen } from '../../src/http/server.js';

/**
 * Starts another application's voice webhook. It puts the callers of `/name` into the recorded conference of that name, and sets
 * no callbacks.
 *
 * @returns its URL, to which the caller appends the name
 */
export async function serveLaml(): Promise<string> {
  const server = createServer(({ url = '/' }, response) => {
    const name = decodeURIComponent(url.slice(1));
    response.setHeader('content-type', 'text/xml');
    response.end(`<Response><Dial><Conference record="record-from-start">${name}</Conference></Dial></Response>`);
  });
  const port = await listen(server, 0, '127.0.0.1');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${port}/`;
}
