import type { IncomingMessage } from 'node:http';
import { type ParsedUrlQuery, parse } from 'node:querystring';
import { Refusal } from '../refusal.js';

/** The most that a form may have; SignalWire's have some hundred bytes. */
const MOST_BYTES = 64 * 1024;

const NO_FORM = 'Send the parameters as a form (application/x-www-form-urlencoded) in plain UTF-8.';

/** A request with what it posts: a form, or why that is none. */
type Posted = IncomingMessage & { body?: ParsedUrlQuery | Refusal };

/**
 * Reads a POST's form, which `formOf` then knows. A GET's body is never read: the signature doesn't cover it (source:
 * SignalWire's guide "Webhook security"). One that breaks off gets no answer.
 *
 * To be called before Express has the request: it gives each one another prototype, after which to read a body takes a
 * tenth of all the time that a callback takes. Express' own parser is ready for any charset and compression, and takes
 * several times as long (npm run bench).
 *
 * @param then called once there is nothing left to read
 */
export function readForm(request: Posted, then: () => void): void {
  if (request.method !== 'POST') {
    then();
    return;
  }
  if (hasBody(request) && !isForm(request)) {
    request.body = new Refusal(400, NO_FORM);
    then();
    return;
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MOST_BYTES) chunks.push(chunk);
  });
  request.on('end', () => {
    const isTooLarge = bytes > MOST_BYTES;
    // A thousand parameters at most: what comes after them is neither read nor covered by the signature.
    request.body = isTooLarge ? new Refusal(413, 'The form is over 64 kB.') : parse(Buffer.concat(chunks).toString());
    then();
  });
}

/**
 * The parameters that SignalWire signs besides the URL: a POST's form, once it is read.
 *
 * @throws Refusal (400, 413) where it posts something else
 */
export function formOf({ body = {} }: Posted): ParsedUrlQuery {
  if (body instanceof Refusal) throw body;
  return body;
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function isForm({ headers }: IncomingMessage): boolean {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = headers;
  const isUtf8 = !/charset=(?!"?utf-?8"?\s*(;|$))/i.test(type);
  return /^application\/x-www-form-urlencoded\s*(;|$)/i.test(type) && isUtf8 && /^identity$/i.test(encoding);
}
