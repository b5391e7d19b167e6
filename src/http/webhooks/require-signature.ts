import type { Request, RequestHandler } from 'express';
import createHttpError from 'http-errors';
import { isFormSigned, isJsonSigned } from '../../signalwire/signature.js';
import { bodyOf } from './body.js';

/** Headers that may carry the signature. Source: SignalWire's guide "Webhook security" and the SDK. */
const HEADERS = ['x-signalwire-signature', 'x-twilio-signature'];

/** SignalWire's JSON webhooks carry this header as well. We don't check it. */
const OTHER_HEADERS = ['x-signalwire-sha256-signature'];

/**
 * Admits only what SignalWire signed. Answers 403 to anything else, and 503 until the public URL is known. SignalWire signs
 * the public URL as it was configured. The Host and X-Forwarded headers don't count, because a sender can choose them and a
 * tunnel changes them. Every signature header is tried with every key, but only by the scheme for that kind of body: a signature over
 * the URL alone must not admit a body that it doesn't cover.
 *
 * @param signingKeys several during a rotation; an empty list admits everything
 * @param publicUrl where SignalWire reaches this service, without a trailing slash; undefined until a tunnel is open
 */
export function requireSignature(signingKeys: readonly string[], publicUrl: () => string | undefined): RequestHandler {
  return (request, _response, next) => {
    const base = publicUrl();
    if (base === undefined) throw createHttpError(503, 'The public URL is not known yet.', { expose: true });
    if (signingKeys.length === 0) return next();

    // `request.url` is relative to the router's mount path, which the public URL already includes.
    const url = base + request.url;
    const { rawJson } = request;
    const isSigned = (key: string, signature: string) =>
      rawJson ? isJsonSigned(key, signature, url, rawJson) : isFormSigned(key, signature, url, bodyOf(request));
    const signatures = HEADERS.flatMap((name) => request.get(name) || []);
    if (signatures.length === 0) throw createHttpError(403, 'The request is not signed.');
    const matched = signingKeys.findIndex((key) => signatures.some((signature) => isSigned(key, signature)));
    request.signatureCheck = { kind: rawJson ? 'JSON' : 'form', matchedKey: matched === -1 ? null : matched + 1 };
    if (matched === -1) {
      throw createHttpError(403, 'The signature does not match the URL, the parameters and the signing key.');
    }
    next();
  };
}

/** The names of the signature headers in a request. */
export function signatureHeadersOf(request: Request): string[] {
  return [...HEADERS, ...OTHER_HEADERS].filter((name) => request.get(name) !== undefined);
}
