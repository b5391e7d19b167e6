import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { z } from 'zod';
import { SpaceError } from './space-error.js';

/** What the SDK hands to its HTTP client; only what we use of it. */
export interface SdkRequest {
  method: 'GET' | 'POST';
  uri: string;
  username: string;
  password: string;
  headers?: Record<string, string>;
  params?: Record<string, unknown>;
  data?: Record<string, unknown>;
}

/** What the SDK wants back. */
export interface SdkResponse {
  statusCode: number;
  /** What the answer's JSON says; an empty object where the answer was empty. */
  body: unknown;
}

/** The SDK's seam for HTTP (its option `httpClient`), filled with Node's own client. */
export interface HttpClient {
  /** @throws SpaceError for every answer but a 2xx that is empty or JSON, redirects included, and for none in time */
  request(wanted: SdkRequest): Promise<SdkResponse>;
  /** Closes the connections; requests under way fail. */
  close(): void;
}

export interface HttpClientOptions {
  /** The only one it asks. */
  origin: string;
  /** Milliseconds a request may take from its first byte out to its last byte in. */
  timeoutMs: number;
  /** Told what an answer's `Date` header says (ms since 1970), when the answer begins to come. Must not throw. */
  onDate(date: number): void;
}

/** How long a connection without a request on it is kept: events of a call are seconds to a minute apart. */
const KEEP_ALIVE_MS = 55_000;

/** The longest answer that is read, in bytes: a page of a thousand items has about one million. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/**
 * An HTTP client for the SDK that keeps its connections warm between the events of a call (the SDK's own closes each
 * one) and answers every failure with a SpaceError, status included (the SDK's own loses it where a body isn't JSON).
 */
export function createHttpClient({ origin, timeoutMs, onDate }: HttpClientOptions): HttpClient {
  // Node's own: undici takes 90 ms to load, which every start would wait for.
  const { Agent, request } = origin.startsWith('https:') ? https : http;
  const agent = new Agent({ keepAlive: true, timeout: KEEP_ALIVE_MS });

  /** Resolves when an answer begins to come; fails when none does. */
  function send(url: URL, options: http.RequestOptions, body: string): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const sent = request(url, { ...options, agent }, resolve);
      sent.on('upgrade', (_response, socket) => {
        socket.destroy();
        reject(new Error('it switches protocols (101), which nobody asked for'));
      });
      // Node may close a connection without an error; once there is an answer this changes nothing.
      sent.on('close', () => reject(new Error('the connection was closed')));
      sent.on('error', reject).end(body);
    });
  }

  async function exchange(url: URL, options: http.RequestOptions, form: string, asked: string): Promise<Answer> {
    const response = await send(url, options, form);
    const { statusCode: status = 0, headers } = response;
    const date = headers.date === undefined ? Number.NaN : Date.parse(headers.date);
    if (!Number.isNaN(date)) onDate(date);
    const retryAfterMs = retryAfter(headers['retry-after'], Number.isNaN(date) ? Date.now() : date);
    const chunks: Buffer[] = [];
    let bytes = 0;
    // An error thrown in here closes the connection.
    for await (const chunk of response) {
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) {
        throw new SpaceError(`SignalWire answered ${asked} with more than 16 MB`, { status, retryAfterMs });
      }
      chunks.push(chunk);
    }
    return { status, body: Buffer.concat(chunks).toString(), retryAfterMs };
  }

  return {
    async request({ method, uri, username, password, headers, params, data }) {
      const url = new URL(uri);
      // The SDK would follow the address of a next page wherever it leads, with the token.
      if (url.origin !== origin)
        throw new SpaceError(`SignalWire's answer leads away from the space, to ${url.origin}`);
      for (const [name, value] of entries(params)) url.searchParams.append(name, value);
      const asked = `${method} ${url.pathname}`;
      const signal = AbortSignal.timeout(timeoutMs);
      const options = { method, headers: { ...headers }, auth: `${username}:${password}`, signal };
      const form = new URLSearchParams(entries(data)).toString();
      const { status, body, retryAfterMs } = await exchange(url, options, form, asked).catch((error: Error) => {
        if (error instanceof SpaceError) throw error;
        const cause: Error = signal.aborted ? signal.reason : error;
        throw new SpaceError(`SignalWire did not answer ${asked}: ${whyNot(cause)}`, { cause });
      });
      if (status < 200 || status >= 300) {
        const reason = reasonIn(body);
        const message = `SignalWire answered ${status} to ${asked}${reason ? `: ${reason}` : ''}`;
        throw new SpaceError(message, { status, retryAfterMs, reason });
      }
      return { statusCode: status, body: parse(body, status, asked) };
    },
    close: () => agent.destroy(),
  };
}

// Where a name has several addresses and none answers, Node's error has a code and no message.
function whyNot(error: Error): string {
  return (error.message || ('code' in error && String(error.code)) || error.name).replace(/\s+/g, ' ').trim();
}

interface Answer {
  status: number;
  body: string;
  /** Milliseconds. */
  retryAfterMs: number | undefined;
}

/**
 * `Retry-After` in milliseconds from now; it has seconds or a date. Source: RFC 9110.
 *
 * @param now by the clock of those who wrote the header (ms since 1970)
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

function parse(text: string, status: number, asked: string): unknown {
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SpaceError(`SignalWire answered ${asked} with something other than JSON`, { status, cause });
  }
}

const sentence = z.union([z.string(), z.object({ message: z.string() }).transform(({ message }) => message)]);
const refusal = z.object({ message: z.string().optional(), errors: z.array(sentence).optional() });

// SignalWire says why in `message`, or in `errors`: sentences for a 422, objects with a message for a call's 400 (source:
// its OpenAPI document). A gateway before it answers with HTML or nothing.
function reasonIn(text: string): string | undefined {
  try {
    const { message, errors } = refusal.parse(JSON.parse(text));
    return message ?? errors?.join('; ');
  } catch {
    return undefined;
  }
}
