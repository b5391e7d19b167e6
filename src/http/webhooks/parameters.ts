import type { Request } from 'express';
import createHttpError from 'http-errors';
import { z } from 'zod';
import { SID } from '../../signalwire/sid.js';
import { bodyOf } from './body.js';
import { parseTimestamp } from './timestamp.js';

/** A required SID, as it was received. */
export const sid = z.string({ error: ({ input }) => complaint(input, 'is not a SID') }).regex(SID, 'is not a SID');

/** A required text. */
export const text = z.string({ error: ({ input }) => complaint(input, 'is not text') });

/** A SID that a callback may lack. An invalid one counts as missing, so that the rest of the callback is still used. */
export const optionalSid = sid.optional().catch(undefined);

/** A text that a callback may lack. */
export const optionalText = text.optional().catch(undefined);

/** A Timestamp as ms since 1970. One that can't be read counts as missing. */
export const timestamp = optionalText.transform((given) => (given === undefined ? undefined : parseTimestamp(given)));

/**
 * Reads the parameters that the schema names from a webhook's body, or else from its query. An empty one counts as missing.
 *
 * @throws HttpError (400) that names the first parameter that is missing or invalid
 */
export function readParameters<Schema extends z.ZodObject>(request: Request, schema: Schema): z.output<Schema> {
  const body = bodyOf(request);
  const given = Object.keys(schema.shape).map((name) => [name, body[name] || request.query[name] || undefined]);
  const result = schema.safeParse(Object.fromEntries(given));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw createHttpError(400, `${issue?.path.join('.')} ${issue?.message}.`);
}

function complaint(input: unknown, otherwise: string): string {
  if (input === undefined) return 'is missing';
  return Array.isArray(input) ? 'is given more than once' : otherwise;
}
