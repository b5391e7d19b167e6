import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
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
  body: unknown;
}

/** The SDK's seam for HTTP (its option `httpClient`), filled with Node's own client. */
export interface HttpClient {
  /** @throws SpaceError for every answer but a 2xx in JSON, redirects included, and for none in time */
  request(wanted: SdkRequest): Promise<SdkResponse>;
  /** Closes the connections; requests under way fail. */
  close(): void;
}

/** How long a connection without a request on it is kept: events of a call are seconds to a minute apart. */
const KEEP_ALIVE_MS = 55_000;

/**
 * An HTTP client for the SDK that keeps its connections warm between the events of a call (the SDK's own closes each
 * one) and answers every failure with a SpaceError, status included (the SDK's own loses it where a body isn't JSON).
 *
 * @param origin the only one it asks
 * @param timeoutMs how long a request may take from its first byte out to its last byte in
 */
export function createHttpClient(origin: string, timeoutMs: number): HttpClient {
  // Node's own: undici takes 90 ms to load, which every start would wait for.
  const { Agent, request } = origin.startsWith('https:') ? https : http;
  const agent = new Agent({ keepAlive: true, timeout: KEEP_ALIVE_MS });

  function exchange(url: URL, options: http.RequestOptions, body: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = request(url, { ...options, agent }, (response) => {
        const { statusCode: status = 0, headers } = response;
        const answer = (body: string) => resolve({ status, body, retryAfterMs: retryAfter(headers['retry-after']) });
        text(response).then(answer, reject);
      });
      sent.on('error', reject).end(body);
    });
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
      const { status, body, retryAfterMs } = await exchange(url, options, form).catch((error: Error) => {
        const cause: Error = signal.aborted ? signal.reason : error;
        throw new SpaceError(`SignalWire did not answer ${asked}: ${whyNot(cause)}`, { cause });
      });
      if (status >= 300) {
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

/** `Retry-After` in milliseconds from now; it has seconds or a date. Source: RFC 9110. */
function retryAfter(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function entries(values: Record<string, unknown> = {}): [string, string][] {
  return Object.entries(values).flatMap(([name, value]) => {
    if (value === undefined || value === null) return [];
    return (Array.isArray(value) ? value : [value]).map((one): [string, string] => [name, String(one)]);
  });
}

function parse(text: string, status: number, asked: string): unknown {
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
