import express, { type Request, type RequestHandler } from 'express';
import { z } from 'zod';
import { Refusal } from '../../refusal.js';

declare module 'node:http' {
  interface IncomingMessage {
    /** A JSON body's bytes as they came, over which it is signed; undefined for any other request. */
    rawJson?: Buffer;
  }
}

/** The most that a body may have; SignalWire's have some hundred bytes. */
const LIMIT = '64kb';

// SignalWire compresses nothing (assumed): what is compressed is refused, however small.
const readForm = express.urlencoded({ extended: false, limit: LIMIT, inflate: false });
const readJson = express.json({
  limit: LIMIT,
  inflate: false,
  verify(request, _response, bytes) {
    request.rawJson = bytes;
  },
});

const flat = z.record(z.string(), z.string());

/**
 * Reads a POST's parameters from its body, a form or JSON, and refuses every other body (400, 413 or 415). To be left out
 * for a GET, whose body the signature doesn't cover.
 */
export const readBody: RequestHandler = (request, response, next) => {
  const isJson = Boolean(request.is('application/json'));
  const isForm = Boolean(request.is('application/x-www-form-urlencoded'));
  if (!isJson && !isForm) return hasBody(request) ? next(new Refusal(415, HOW)) : next();
  const read = isJson ? readJson : readForm;
  read(request, response, (error?: unknown) => {
    if (error !== undefined) return next(refusalOf(error));
    if (isJson && !flat.safeParse(request.body).success) return next(new Refusal(400, NOT_FLAT));
    next();
  });
};

/** The parameters in a request's body; none for a GET. A form may have one several times. */
export function bodyOf(request: Request): NodeJS.Dict<string | string[]> {
  return request.body ?? {};
}

const HOW = 'Send the parameters as a form (application/x-www-form-urlencoded) or as JSON, in UTF-8 and uncompressed.';
const NOT_FLAT = 'Send JSON parameters as one object whose values are strings.';

const parserError = z.object({ type: z.string() });

// The parsers' own sentences may quote the body, and with it phone numbers.
function refusalOf(error: unknown): unknown {
  switch (parserError.safeParse(error).data?.type) {
    case 'entity.too.large':
      return new Refusal(413, 'The body is over 64 kB.');
    case 'parameters.too.many':
      return new Refusal(413, 'The form has more than a thousand parameters.');
    case 'charset.unsupported':
    case 'encoding.unsupported':
      return new Refusal(415, HOW);
    case 'entity.parse.failed':
      return new Refusal(400, NOT_FLAT);
    case 'request.aborted':
    case 'request.size.invalid':
      return new Refusal(400, 'The body is not as long as it was said to be.');
    default:
      return error;
  }
}

function hasBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
