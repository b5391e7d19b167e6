import type { RequestHandler } from 'express';
import { Refusal } from '../refusal.js';
import { isSigned } from '../signalwire/signature.js';
import { formOf } from './form.js';

/**
 * Lets through only what SignalWire signed, and refuses the rest: 403, or 503 while the public URL isn't known. What it
 * signed over is the public URL as it was configured; Host and X-Forwarded headers are the sender's to choose, or a
 * tunnel's to change, and don't count. Source of the signature's headers: SignalWire's guide "Webhook security" and the SDK.
 *
 * @param signingKey undefined lets everything through
 * @param publicUrl where SignalWire reaches this service, without a slash at the end; undefined until a tunnel is open
 */
export function requireSignature(signingKey: string | undefined, publicUrl: () => string | undefined): RequestHandler {
  return (request, _response, next) => {
    const base = publicUrl();
    if (base === undefined) throw new Refusal(503, 'The public URL is not known yet.');
    if (signingKey !== undefined) {
      const signature = request.get('x-signalwire-signature') ?? request.get('x-twilio-signature');
      if (!signature) throw new Refusal(403, 'The request is not signed.');
      if (!isSigned(signingKey, signature, base + request.originalUrl, formOf(request))) {
        throw new Refusal(403, 'The signature is wrong for this URL, these parameters and this signing key.');
      }
    }
    next();
  };
}
