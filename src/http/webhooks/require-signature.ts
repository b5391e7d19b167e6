import type { Request, RequestHandler } from 'express';
import { Refusal } from '../../refusal.js';
import { isFormSigned, isJsonSigned } from '../../signalwire/signature.js';
import { bodyOf } from './body.js';

/** The headers that may bring the signature. Source: SignalWire's guide "Webhook security" and the SDK. */
const HEADERS = ['x-signalwire-signature', 'x-twilio-signature'];

/** What SignalWire's JSON webhooks bring besides. It isn't looked at. */
const OTHER_HEADERS = ['x-signalwire-sha256-signature'];

/**
 * Lets through only what SignalWire signed, and refuses the rest: 403, or 503 while the public URL isn't known. What it
 * signed over is the public URL as it was configured; Host and X-Forwarded headers are the sender's to choose, or a
 * tunnel's to change, and don't count. Each header that came is tried with each key, in the form that belongs to the body
 * and no other: a signature over the URL alone must not let in a body that it doesn't cover.
 *
 * @param signingKeys several while they are being changed; none lets everything through
 * @param publicUrl where SignalWire reaches this service, without a slash at the end; undefined until a tunnel is open
 */
export function requireSignature(signingKeys: readonly string[], publicUrl: () => string | undefined): RequestHandler {
  return (request, _response, next) => {
    const base = publicUrl();
    if (base === undefined) throw new Refusal(503, 'The public URL is not known yet.');
    if (signingKeys.length === 0) return next();

    const url = base + request.originalUrl;
    const { rawJson } = request;
    const isSigned = (key: string, signature: string) =>
      rawJson ? isJsonSigned(key, signature, url, rawJson) : isFormSigned(key, signature, url, bodyOf(request));
    const signatures = HEADERS.flatMap((name) => request.get(name) || []);
    if (signatures.length === 0) throw new Refusal(403, 'The request is not signed.');
    if (!signatures.some((signature) => signingKeys.some((key) => isSigned(key, signature)))) {
      throw new Refusal(403, 'The signature is wrong for this URL, these parameters and this signing key.');
    }
    next();
  };
}

/** The names of the signature headers that came with a request. */
export function signatureHeadersOf(request: Request): string[] {
  return [...HEADERS, ...OTHER_HEADERS].filter((name) => request.get(name) !== undefined);
}
