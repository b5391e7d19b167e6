import express, { type Request, type RequestHandler } from 'express';
import { z } from 'zod';
import { Refusal } from '../refusal.js';

/** A SID in SignalWire's form, a UUID. */
export const sid = z.guid({ error: ({ input }) => fault(input, 'is not a SID') });

/** Any text. */
export const text = z.string({ error: ({ input }) => fault(input, 'is not text') });

/** A Timestamp parameter as ms since 1970; one that can't be read counts as absent. */
export const timestamp = text.transform(parseTime).optional();

/** Reads a POST's form, up to 64 kB. A GET's body is never read: the signature doesn't cover it. */
export function readForm(): RequestHandler[] {
  const parse = express.urlencoded({ extended: false, limit: '64kb' });
  return [
    (request, response, next) => {
      if (request.method !== 'POST') return next();
      // An encoding that nobody knows is to the sender one more body that can't be parsed.
      parse(request, response, (error) => next(error?.status === 415 ? new Refusal(400, error.message) : error));
    },
    (request, _response, next) => {
      if (request.method === 'POST' && request.body === undefined && hasBody(request)) {
        throw new Refusal(400, 'Send the parameters as a form (application/x-www-form-urlencoded).');
      }
      next();
    },
  ];
}

/** The parameters that SignalWire signs besides the URL: a POST's form. */
export function formOf(request: Request): Record<string, string | string[]> {
  return request.method === 'POST' ? (request.body ?? {}) : {};
}

/**
 * Reads a webhook's parameters, from its form or its query, as the schema says. An empty one counts as absent.
 *
 * @throws Refusal (400) that names the first parameter that is missing or wrong
 */
export function readParameters<Schema extends z.ZodType>(request: Request, schema: Schema): z.output<Schema> {
  const given = Object.entries({ ...request.query, ...formOf(request) }).filter(([, value]) => value !== '');
  const result = schema.safeParse(Object.fromEntries(given));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new Refusal(400, `${issue?.path.join('.')} ${issue?.message}.`);
}

function fault(input: unknown, otherwise: string): string {
  if (input === undefined) return 'is missing';
  return Array.isArray(input) ? 'is given more than once' : otherwise;
}

function hasBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function parseTime(text: string): number | undefined {
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
