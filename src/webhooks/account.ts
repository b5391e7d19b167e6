import type { RequestHandler } from 'express';
import { z } from 'zod';
import { Refusal } from '../refusal.js';
import { readParameters, text } from './parameters.js';

const parameters = z.object({ AccountSid: text.optional() });

/** Lets through only webhooks of our own project; those that don't say whose they are count as ours. */
export function requireAccount(projectId: string): RequestHandler {
  return (request, _response, next) => {
    const { AccountSid } = readParameters(request, parameters);
    if (AccountSid !== undefined && AccountSid !== projectId) throw new Refusal(403, 'This is another project.');
    next();
  };
}
