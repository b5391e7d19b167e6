import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Server as NetServer } from 'node:net';

/**
 * Has a server listen.
 *
 * @param port 0 takes a free one
 * @returns the port
 * @throws Error with a sentence that says what to change
 */
export async function listen(server: NetServer, port: number, host: string): Promise<number> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    const remedy = code === 'EADDRINUSE' ? 'something listens there; set PORT to another one' : 'check HOST and PORT';
    throw new Error(`Can't listen on port ${port} of ${host} (${code}): ${remedy}.`, { cause });
  }
  const address = server.address();
  return typeof address === 'object' && address ? address.port : port;
}

/**
 * How long a request may take to arrive, in milliseconds. SignalWire waits 5 s for an answer (source: its page "Common
 * webhook errors"), so what takes longer than this to ask is of no use to anybody.
 */
const ARRIVAL_MS = 5000;

/**
 * How long a connection is kept without a request on it, in milliseconds: longer than the balancers before us keep it
 * (nginx and AWS: a minute), so that none of them sends a request just as we hang up.
 */
const KEEP_ALIVE_MS = 65_000;

/** A server for webhooks, which answers 408 to those who send slowly, and hangs up. Doesn't listen yet. */
export function createWebhookServer(handle: RequestListener): Server {
  const limits = { headersTimeout: ARRIVAL_MS, requestTimeout: ARRIVAL_MS, connectionsCheckingInterval: 1000 };
  return createServer({ ...limits, keepAliveTimeout: KEEP_ALIVE_MS }, handle);
}

/** How long a stopping server waits for requests that have begun to arrive, in milliseconds. */
const LAST_REQUESTS_MS = 1000;

/** Takes no more connections, answers the requests that are there, and closes; after a second it cuts off the rest. */
export async function stopListening(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const cutOff = setTimeout(() => server.closeAllConnections(), LAST_REQUESTS_MS);
  await closed;
  clearTimeout(cutOff);
}
