import { createServer } from 'node:http';
import { onTestFinished } from 'vitest';
import { listen } from '../../src/http/server.js';

/**
 * Another application's voice webhook: callers who ask for `/name` are put into the recorded conference of that name, and
 * nobody is called back.
 *
 * @returns its address, to which the name is to be added
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
