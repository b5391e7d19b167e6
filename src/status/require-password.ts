import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { Refusal } from '../refusal.js';

/** Lets through who knows the password, by HTTP Basic (RFC 7617) with any user name; asks others for it (401). */
export function requirePassword(password: string): RequestHandler {
  const wanted = digest(password);
  return (request, response, next) => {
    const given = passwordIn(request.get('authorization'));
    // Digests are of one length, which a comparison in constant time needs, and don't give away the password's.
    if (given !== undefined && timingSafeEqual(digest(given), wanted)) return next();
    response.set('www-authenticate', 'Basic realm="Conference recordings", charset="UTF-8"');
    // A browser asks without a password first, then asks its user for one.
    if (given === undefined) return response.status(401).type('text/plain').send('The password is needed.\n');
    throw new Refusal(401, 'The password is wrong.');
  };
}

function passwordIn(authorization: string | undefined): string | undefined {
  const [, encoded] = /^Basic +(\S+)$/i.exec(authorization ?? '') ?? [];
  const credentials = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString();
  const colon = credentials.indexOf(':');
  return colon === -1 ? undefined : credentials.slice(colon + 1);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
