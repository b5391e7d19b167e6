import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import createHttpError from 'http-errors';

/** Admits requests with the password, by HTTP Basic (RFC 7617) with any user name. Asks for it otherwise (401). */
export function requirePassword(password: string): RequestHandler {
  const expected = digest(password);
  return (request, response, next) => {
    const given = passwordIn(request.get('authorization'));
    // Digests have equal lengths, which a comparison in constant time needs, and hide the length of the password.
    if (given !== undefined && timingSafeEqual(digest(given), expected)) return next();
    response.set('www-authenticate', 'Basic realm="Conference recordings", charset="UTF-8"');
    // A browser's first request has no password, so it isn't logged as an error.
    if (given === undefined) return response.status(401).type('text/plain').send('A password is required.\n');
    throw createHttpError(401, 'The password is wrong.');
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
