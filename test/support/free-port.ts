import { createServer } from 'node:http';
import { listen } from '../../src/http/server.js';

/** Finds a port of loopback on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server, 0, '127.0.0.1');
  server.close();
  return port;
}
