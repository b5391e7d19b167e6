import { randomInt } from 'node:crypto';
import { createServer } from 'node:http';
import { listen } from '../../src/http/server.js';

/**
 * A port that nothing listens on. It is outside the range from which systems pick free ports, so that no other test is given it
 * before it is used.
 */
export async function freePort(): Promise<number> {
  const port = randomInt(10_000, 30_000);
  const server = createServer();
  const isFree = await listen(server, port, '127.0.0.1').then(
    () => true,
    () => false,
  );
  server.close();
  return isFree ? port : freePort();
}
