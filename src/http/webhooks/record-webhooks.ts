import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler } from 'express';
import type { Emit, SignatureCheck, WebhookRecord } from '../../recorder-events.js';
import { redactUrl } from '../redact-url.js';
import { bodyOf } from './body.js';

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
const MAX_TEXT_LENGTH = 64;
const MAX_NAMES = 50;

/** Emits each webhook of a route once it is answered. */
export function recordWebhooks(route: string, emit: Emit, publicUrl: () => string | undefined): RequestHandler {
  return (request, response, next) => {
    const receivedAt = performance.now();
    // Express changes `request.url` on the way out of a mounted router.
    const url = redactUrl((publicUrl() ?? '') + request.url);
    response.once('finish', () => {
      const { method } = request;
      const answer = { status: response.statusCode, ms: performance.now() - receivedAt };
      emit({ type: 'webhook-answered', route, method, url, ...answer, ...describe(request) });
    });
    next();
  };
}

function describe(
  request: Request & IncomingMessage,
): Pick<WebhookRecord, 'event' | 'timestamp' | 'parameterNames' | 'reason' | 'signature'> {
  const parameters: Record<string, unknown> = { ...request.query, ...bodyOf(request) };
  const read = (name: string) => clip(parameters[name]);
  return {
    event: EVENT_PARAMETERS.map(read).find((text) => text !== null) ?? null,
    timestamp: read('Timestamp'),
    parameterNames: Object.keys(parameters)
      .slice(0, MAX_NAMES)
      .map((name) => name.slice(0, MAX_TEXT_LENGTH)),
    reason: request.refusal ?? null,
    signature: request.signatureCheck ?? null,
  };
}

function clip(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, MAX_TEXT_LENGTH) : null;
}
