import { type ParsedUrlQuery, parse } from 'node:querystring';
import type { Request, RequestHandler } from 'express';
import { Refusal } from '../refusal.js';

/** The most that a form may have; SignalWire's have some hundred bytes. */
const MOST_BYTES = 64 * 1024;

/**
 * Reads a POST's form. A GET's body is never read: the signature doesn't cover it. One that breaks off gets no answer.
 * Express' own parser is ready for any charset and compression, and takes several times as long (npm run bench).
 */
export const readForm: RequestHandler = (request, _response, next) => {
  if (request.method !== 'POST') return next();
  if (hasBody(request) && !isForm(request)) {
    throw new Refusal(400, 'Send the parameters as a form (application/x-www-form-urlencoded) in plain UTF-8.');
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MOST_BYTES) chunks.push(chunk);
  });
  request.on('end', () => {
    if (bytes > MOST_BYTES) return next(new Refusal(413, 'The form is over 64 kB.'));
    // A thousand parameters at most: what comes after them is neither read nor covered by the signature.
    request.body = parse(Buffer.concat(chunks).toString());
    next();
  });
};

/** The parameters that SignalWire signs besides the URL: a POST's form. */
export function formOf(request: Request): ParsedUrlQuery {
  return request.method === 'POST' ? (request.body ?? {}) : {};
}

function hasBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function isForm({ headers }: Request): boolean {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = headers;
  const isUtf8 = !/charset=(?!"?utf-?8"?\s*(;|$))/i.test(type);
  return /^application\/x-www-form-urlencoded\s*(;|$)/i.test(type) && isUtf8 && /^identity$/i.test(encoding);
}
