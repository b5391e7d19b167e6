import express, { type Request, type RequestHandler } from 'express';
import createHttpError from 'http-errors';
import { z } from 'zod';

declare module 'node:http' {
  interface IncomingMessage {
    /** The raw bytes of a JSON body, which its signature covers; undefined for other requests. */
    rawJson?: Buffer;
  }
}

/** The largest body that we read. SignalWire's have a few hundred bytes. */
const LIMIT = '64kb';

// SignalWire compresses nothing (assumed), so compressed bodies are refused.
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
 * Reads the parameters of a POST from its body, a form or JSON. Refuses any other body (400, 413 or 415). Not for a GET, whose
 * body the signature doesn't cover.
 */
export const readBody: RequestHandler = (request, response, next) => {
  const isJson = Boolean(request.is('application/json'));
  const isForm = Boolean(request.is('application/x-www-form-urlencoded'));
  if (!isJson && !isForm) return next(hasBody(request) ? createHttpError(415, ACCEPTED_TYPES) : undefined);
  const read = isJson ? readJson : readForm;
  read(request, response, (error?: unknown) => {
    if (error !== undefined) return next(withoutBody(error));
    if (isJson && !flat.safeParse(request.body).success) return next(createHttpError(400, NOT_FLAT));
    next();
  });
};

/** The parameters in a request's body; none for a GET. A form may repeat a parameter. */
export function bodyOf(request: Request): NodeJS.Dict<string | string[]> {
  return request.body ?? {};
}

const ACCEPTED_TYPES =
  'Send the parameters as a form (application/x-www-form-urlencoded) or as JSON, in UTF-8 and uncompressed.';
const NOT_FLAT = 'Send JSON parameters as one object whose values are strings.';

const parserError = z.object({ type: z.string() });

/** Replaces a parser's error, whose message may quote the body and the phone numbers in it. */
function withoutBody(error: unknown): unknown {
  switch (parserError.safeParse(error).data?.type) {
    case 'entity.too.large':
      return createHttpError(413, 'The body is larger than 64 kB.');
    case 'parameters.too.many':
      return createHttpError(413, 'The form has more than a thousand parameters.');
    case 'charset.unsupported':
    case 'encoding.unsupported':
      return createHttpError(415, ACCEPTED_TYPES);
    case 'entity.parse.failed':
      return createHttpError(400, NOT_FLAT);
    case 'request.aborted':
    case 'request.size.invalid':
      return createHttpError(400, 'The length of the body differs from its Content-Length.');
    default:
      return error;
  }
}

function hasBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
