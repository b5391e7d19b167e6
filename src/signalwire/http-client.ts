import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { createSecureContext } from 'node:tls';
import { z } from 'zod';
import { SpaceError } from './space-error.js';

/** A request, in the form in which the SDK passes it to its HTTP client; only the parts that we use. */
export interface SdkRequest {
  method: 'GET' | 'POST';
  uri: string;
  username: string;
  password: string;
  headers?: Record<string, string>;
  params?: Record<string, unknown>;
  data?: Record<string, unknown>;
}

/** The answer that the SDK expects. */
export interface SdkResponse {
  statusCode: number;
  /** The parsed JSON; an empty object if the answer was empty. */
  body: unknown;
}

/** The SDK's seam for HTTP (its option `httpClient`), implemented with Node's own client. */
export interface HttpClient {
  /** @throws SpaceError unless the answer arrives in time and is a 2xx that is empty or JSON */
  request(request: SdkRequest): Promise<SdkResponse>;
  /** Closes the connections. Requests in flight fail. */
  close(): void;
}

export interface HttpClientOptions {
  /** The only origin that it sends requests to. */
  origin: string;
  /** How long a request may take, from its first byte out to its last byte in (ms). */
  timeoutMs: number;
  /** Receives the `Date` header of each answer (ms since 1970) when the answer begins to arrive. Must not throw. */
  onDate(date: number): void;
}

/** How long an idle connection is kept: the events of a call are seconds to a minute apart. */
const KEEP_ALIVE_MS = 55_000;

/**
 * How many connections there are at most; further requests wait for one. It is what the queue of passes sends at most. Without a
 * bound, a process that has fallen behind opens ever more connections, each of which costs as much as several requests.
 */
const MAX_CONNECTIONS = 1000;

/** The longest answer that we read, in bytes. A page of a thousand items has about one million. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/**
 * An HTTP client for the SDK. Unlike the SDK's own, it keeps connections open between the events of a call, and every failure
 * is a SpaceError with the HTTP status (the SDK's own loses the status if the body isn't JSON).
 */
export function createHttpClient({ origin, timeoutMs, onDate }: HttpClientOptions): HttpClient {
  // Not undici, whose 90 ms of loading would delay every start.
  const { Agent, request } = origin.startsWith('https:') ? https : http;
  const agent = new Agent({
    keepAlive: true,
    timeout: KEEP_ALIVE_MS,
    maxSockets: MAX_CONNECTIONS,
    // Node's default of 256 would close the others after each burst of requests.
    maxFreeSockets: MAX_CONNECTIONS,
    // Otherwise Node makes one for each connection, at more cost than that of the handshake.
    secureContext: createSecureContext(),
  });

  async function exchange(url: URL, options: http.RequestOptions, form: string, name: string): Promise<Answer> {
    const sent = request(url, { ...options, agent });
    let isLate = false;
    // Not an AbortSignal, whose listeners take longer than the rest of a request.
    const timer = setTimeout(() => {
      isLate = true;
      sent.destroy();
    }, timeoutMs);
    try {
      const response = await answerTo(sent, form);
      const { statusCode: status = 0, headers } = response;
      const date = headers.date === undefined ? Number.NaN : Date.parse(headers.date);
      if (!Number.isNaN(date)) onDate(date);
      const retryAfterMs = retryAfter(headers['retry-after'], Number.isNaN(date) ? Date.now() : date);
      const chunks: Buffer[] = [];
      let bytes = 0;
      // Throwing inside the loop closes the connection.
      for await (const chunk of response) {
        bytes += chunk.length;
        if (bytes > MAX_BODY_BYTES) {
          throw new SpaceError(`SignalWire answered ${name} with more than 16 MB`, { status, retryAfterMs });
        }
        chunks.push(chunk);
      }
      return { status, body: Buffer.concat(chunks).toString(), retryAfterMs };
    } catch (error) {
      if (error instanceof SpaceError) throw error;
      const reason = isLate ? `no answer within ${timeoutMs / 1000} s` : messageOf(error);
      throw new SpaceError(`SignalWire did not answer ${name}: ${reason}`, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    async request({ method, uri, username, password, headers, params, data }) {
      const url = new URL(uri);
      // The SDK would follow the link to a next page anywhere, and send the token along.
      if (url.origin !== origin) throw new SpaceError(`SignalWire's answer links to another host, ${url.origin}`);
      for (const [name, value] of entries(params)) url.searchParams.append(name, value);
      const name = `${method} ${url.pathname}`;
      const options = { method, headers: { ...headers }, auth: `${username}:${password}` };
      const form = new URLSearchParams(entries(data)).toString();
      const { status, body, retryAfterMs } = await exchange(url, options, form, name);
      if (status < 200 || status >= 300) {
        const reason = reasonIn(body);
        const message = `SignalWire answered ${status} to ${name}${reason ? `: ${reason}` : ''}`;
        throw new SpaceError(message, { status, retryAfterMs, reason });
      }
      return { statusCode: status, body: parse(body, status, name) };
    },
    close: () => agent.destroy(),
  };
}

/** Sends a request with that body. Resolves when the answer begins to arrive. */
function answerTo(sent: ClientRequest, body: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    let hasAnswer = false;
    sent.on('response', (response) => {
      hasAnswer = true;
      resolve(response);
    });
    sent.on('upgrade', (_response, socket) => {
      socket.destroy();
      reject(new Error('the answer switches protocols (101)'));
    });
    // Node may close a connection without an error.
    sent.on('close', () => {
      if (!hasAnswer) reject(new Error('the connection was closed'));
    });
    sent.on('error', reject).end(body);
  });
}

// If a host name has several addresses and none answers, Node's error has a code but no message.
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return (error.message || ('code' in error && String(error.code)) || error.name).replace(/\s+/g, ' ').trim();
}

interface Answer {
  status: number;
  body: string;
  /** Milliseconds. */
  retryAfterMs: number | undefined;
}

/**
 * `Retry-After` in milliseconds from now. The header is in seconds or a date (RFC 9110).
 *
 * @param now the sender's clock (ms since 1970)
 */
function retryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function entries(values: Record<string, unknown> = {}): [string, string][] {
  return Object.entries(values).flatMap(([name, value]) => {
    if (value === undefined || value === null) return [];
    return (Array.isArray(value) ? value : [value]).map((one): [string, string] => [name, String(one)]);
  });
}

function parse(text: string, status: number, name: string): unknown {
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SpaceError(`SignalWire answered ${name} with something other than JSON`, { status, cause });
  }
}

const sentence = z.union([
  z.string(),
  z.object({ message: z.string() }).transform(({ message }) => message),
  z.object({ detail: z.string() }).transform(({ detail }) => detail),
]);
const refusal = z.object({
  message: z.string().optional(),
  errors: z.array(sentence).optional(),
  error: z.string().optional(),
});

// SignalWire gives its reason in `message` or in `errors`: sentences for a 422, objects with a message for the 400 of a call. Its own
// REST API gives it in `error`, or in `errors` as objects with a detail (source: its OpenAPI documents). A gateway in front of it
// answers with HTML or nothing.
function reasonIn(text: string): string | undefined {
  try {
    const { message, errors, error } = refusal.parse(JSON.parse(text));
    return message ?? errors?.join('; ') ?? error;
  } catch {
    return undefined;
  }
}
