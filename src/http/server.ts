import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Server as NetServer } from 'node:net';

/**
 * Makes a server listen.
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
    const remedy = code === 'EADDRINUSE' ? 'another program uses it; set PORT to a free one' : 'check HOST and PORT';
    throw new Error(`Can't listen on port ${port} of ${host} (${code}): ${remedy}.`, { cause });
  }
  const address = server.address();
  return typeof address === 'object' && address ? address.port : port;
}

/**
 * How long a request may take to arrive, in milliseconds. SignalWire waits 5 s for an answer (source: its page "Common webhook
 * errors"), so a slower request can't be answered in time.
 */
const ARRIVAL_MS = 5000;

/**
 * How long an idle connection is kept, in milliseconds. This is longer than the balancers in front of us keep it (nginx and
 * AWS: a minute), so that none of them sends a request just as we close the connection.
 */
const KEEP_ALIVE_MS = 65_000;

/** A server for webhooks. It answers 408 to clients that send slowly, and closes the connection. Doesn't listen yet. */
export function createWebhookServer(handle: RequestListener): Server {
  const limits = { headersTimeout: ARRIVAL_MS, requestTimeout: ARRIVAL_MS, connectionsCheckingInterval: 1000 };
  return createServer({ ...limits, keepAliveTimeout: KEEP_ALIVE_MS }, handle);
}

/** How long a stopping server waits for requests that have begun to arrive, in milliseconds. */
const LAST_REQUESTS_MS = 1000;

/** Accepts no more connections, answers the requests that have arrived, and closes. After a second it drops the rest. */
export async function stopListening(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const dropRest = setTimeout(() => server.closeAllConnections(), LAST_REQUESTS_MS);
  await closed;
  clearTimeout(dropRest);
}
