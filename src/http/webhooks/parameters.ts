import type { Request } from 'express';
import { z } from 'zod';
import { Refusal } from '../../refusal.js';
import { SID } from '../../signalwire/sid.js';
import { bodyOf } from './body.js';
import { parseTimestamp } from './timestamp.js';

/** A SID, as it was received. */
export const sid = z.string({ error: ({ input }) => fault(input, 'is not a SID') }).regex(SID, 'is not a SID');

/** Any text. */
export const text = z.string({ error: ({ input }) => fault(input, 'is not text') });

/** A SID that a callback can do without: one that makes no sense counts as absent, so that the rest is taken. */
export const optionalSid = sid.optional().catch(undefined);

/** A text that a callback can do without. */
export const optionalText = text.optional().catch(undefined);

/** A Timestamp parameter as ms since 1970; one that can't be read counts as absent. */
export const timestamp = optionalText.transform((given) => (given === undefined ? undefined : parseTimestamp(given)));

/**
 * Reads those parameters of a webhook's that the schema knows, from its body, else from its query. An empty one counts as
 * absent.
 *
 * @throws Refusal (400) that names the first parameter that is missing or wrong
 */
export function readParameters<Schema extends z.ZodObject>(request: Request, schema: Schema): z.output<Schema> {
  const body = bodyOf(request);
  const given = Object.keys(schema.shape).map((name) => [name, body[name] || request.query[name] || undefined]);
  const result = schema.safeParse(Object.fromEntries(given));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new Refusal(400, `${issue?.path.join('.')} ${issue?.message}.`);
}

function fault(input: unknown, otherwise: string): string {
  if (input === undefined) return 'is missing';
  return Array.isArray(input) ? 'is given more than once' : otherwise;
}
