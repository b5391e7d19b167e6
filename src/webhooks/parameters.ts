import type { Request } from 'express';
import { z } from 'zod';
import { Refusal } from '../refusal.js';
import { formOf } from './form.js';

/** A SID in SignalWire's form, a UUID. Source: its OpenAPI document. */
export const sid = z.guid({ error: ({ input }) => fault(input, 'is not a SID') });

/** Any text. */
export const text = z.string({ error: ({ input }) => fault(input, 'is not text') });

/**
 * A Timestamp parameter as ms since 1970; one that can't be read counts as absent. SignalWire writes RFC 2822, in whole
 * seconds. Source: its cXML reference.
 */
export const timestamp = text.transform(parseTime).optional();

/**
 * Reads those parameters of a webhook's that the schema knows, from its form, else from its query. An empty one counts as
 * absent.
 *
 * @throws Refusal (400) that names the first parameter that is missing or wrong
 */
export function readParameters<Schema extends z.ZodObject>(request: Request, schema: Schema): z.output<Schema> {
  const form = formOf(request);
  // Express parses the query anew each time it's asked for, and works up to that where there is none.
  const query = request.url.includes('?') ? request.query : {};
  const given = Object.keys(schema.shape).map((name) => [name, form[name] || query[name] || undefined]);
  const result = schema.safeParse(Object.fromEntries(given));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new Refusal(400, `${issue?.path.join('.')} ${issue?.message}.`);
}

function fault(input: unknown, otherwise: string): string {
  if (input === undefined) return 'is missing';
  return Array.isArray(input) ? 'is given more than once' : otherwise;
}

function parseTime(text: string): number | undefined {
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
