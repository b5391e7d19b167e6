import { Agent, request } from 'undici';
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

/** The SDK's seam for HTTP, filled with undici. */
export interface HttpClient {
  request(wanted: SdkRequest): Promise<SdkResponse>;
  /** Closes the connections; requests under way fail. */
  close(): Promise<void>;
}

/** How long a connection without a request on it is kept: events of a call are seconds to a minute apart. */
const KEEP_ALIVE_MS = 55_000;

/**
 * An HTTP client for the SDK that keeps its connections warm between the events of a call (the SDK's own closes each
 * one) and answers every failure with a SpaceError, status included (the SDK's own loses it where a body isn't JSON).
 *
 * @param timeoutMs how long a request may take from its first byte out to its last byte in
 */
export function createHttpClient(timeoutMs: number): HttpClient {
  const agent = new Agent({ keepAliveTimeout: KEEP_ALIVE_MS, connect: { timeout: timeoutMs } });

  return {
    async request({ method, uri, username, password, headers, params, data }) {
      const url = new URL(uri);
      for (const [name, value] of entries(params)) url.searchParams.append(name, value);
      const { status, text, retryAfterMs } = await exchange(url, {
        dispatcher: agent,
        method,
        headers: { ...headers, authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` },
        body: method === 'POST' ? new URLSearchParams(entries(data)).toString() : null,
        signal: AbortSignal.timeout(timeoutMs),
      });
      const asked = `${method} ${url.pathname}`;
      if (status >= 300) {
        throw new SpaceError(`SignalWire answered ${status} to ${asked}${reason(text)}`, { status, retryAfterMs });
      }
      return { statusCode: status, body: parse(text, status, asked) };
    },
    close: () => agent.destroy(),
  };
}

async function exchange(url: URL, options: Parameters<typeof request>[1]) {
  try {
    const response = await request(url, options);
    const retryAfterMs = retryAfter(response.headers['retry-after']);
    return { status: response.statusCode, text: await response.body.text(), retryAfterMs };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message || cause.name : String(cause);
    throw new SpaceError(`SignalWire did not answer ${options?.method} ${url.pathname}: ${why}`, { cause });
  }
}

/** `Retry-After` in milliseconds from now; it has seconds or a date. Source: RFC 9110. */
function retryAfter(header: string | string[] | undefined): number | undefined {
  if (typeof header !== 'string') return undefined;
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

const refusal = z.object({ message: z.string().optional(), errors: z.array(z.string()).optional() });

// SignalWire says why in `message`, or in `errors` for a 422; a gateway before it answers with HTML or nothing.
function reason(text: string): string {
  try {
    const { message, errors } = refusal.parse(JSON.parse(text));
    const said = message ?? errors?.join('; ');
    return said ? `: ${said}` : '';
  } catch {
    return '';
  }
}
