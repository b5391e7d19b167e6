import type { Request, RequestHandler } from 'express';
import { redactUrl } from '../../log/redact-url.js';
import type { Emit, SignatureCheck, WebhookRecord } from '../../recorder-events.js';
import { bodyOf } from './body.js';
import { parseTimestamp } from './timestamp.js';

declare module 'node:http' {
  interface IncomingMessage {
    /** How the signature was checked; undefined if it wasn't. */
    signatureCheck?: SignatureCheck;
    /** Why the request was refused; undefined if it wasn't. */
    refusal?: string;
  }
}

/** Parameters that say what a webhook reports. */
const EVENT_PARAMETERS = ['StatusCallbackEvent', 'EventName', 'RecordingStatus', 'CallStatus'];

/** Refused requests come from anybody, so what is kept of them is bounded. */
const MAX_NAMES = 50;

/** The longest form of a time that is kept, in characters. */
const MAX_SHAPE = 40;

/** nginx's status for a client that closed the connection before it got its answer. */
const CLIENT_CLOSED = 499;

/** Emits each webhook of a route once it is answered, or its client has gone. */
export function recordWebhooks(route: string, emit: Emit, publicUrl: () => string | undefined): RequestHandler {
  return (request, response, next) => {
    const receivedAt = performance.now();
    const { method } = request;
    // Taken now: Express changes `request.url` on the way out of a mounted router, and the app may parse queries in its own way.
    const [, query = ''] = request.url.split('?');
    const url = copyOf(redactUrl((publicUrl() ?? '') + request.url));
    response.once('close', () => {
      const answer = response.writableFinished
        ? { status: response.statusCode, reason: request.refusal ?? null }
        : { status: CLIENT_CLOSED, reason: 'The client closed the connection before it was answered.' };
      const signature = request.signatureCheck ?? null;
      const ms = performance.now() - receivedAt;
      emit({ type: 'webhook-answered', route, method, url, ...answer, ms, signature, ...describe(request, query) });
    });
    next();
  };
}

function describe(request: Request, query: string): Pick<WebhookRecord, 'event' | 'timestamp' | 'parameterNames'> {
  const parameters = new Map<string, unknown>([...new URLSearchParams(query), ...Object.entries(bodyOf(request))]);
  const events = EVENT_PARAMETERS.map((name) => parameters.get(name));
  const event = events.find((value) => typeof value === 'string' && /^[a-z_-]{1,40}$/i.test(value));
  const timestamp = parameters.get('Timestamp');
  const isReadable = typeof timestamp === 'string' && timestamp.length <= 64 && parseTimestamp(timestamp) !== undefined;
  return {
    event: typeof event === 'string' ? copyOf(event) : null,
    timestamp: isReadable ? copyOf(timestamp) : timestamp === undefined ? null : `unreadable: ${shapeOf(timestamp)}`,
    parameterNames: [...parameters.keys()]
      .filter((name) => /^[a-z]\w{0,63}$/i.test(name))
      .slice(0, MAX_NAMES)
      .map(copyOf),
  };
}

/** The form of what should be a time, without its values: `Wed, 30 Aug` is `Aaa, 00 Aaa`. It could be a phone number. */
function shapeOf(value: unknown): string {
  if (typeof value !== 'string') return 'several';
  return value
    .slice(0, MAX_SHAPE)
    .replace(/\d/g, '0')
    .replace(/[A-Z]/g, 'A')
    .replace(/[a-z]/g, 'a')
    .replace(/[^0Aa ,.:;/+-]/g, '?');
}

/** A part of a text keeps the whole text in memory, which may be a body of 64 kB, unless it is copied. */
function copyOf(text: string): string {
  return Buffer.from(text).toString();
}
