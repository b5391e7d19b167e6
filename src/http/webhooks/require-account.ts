import type { RequestHandler } from 'express';
import createHttpError from 'http-errors';
import { z } from 'zod';
import { readParameters, text } from './parameters.js';

const parameters = z.object({ AccountSid: text.toLowerCase().optional() });

/**
 * Admits webhooks of our own project, and refuses others (403). A webhook without an AccountSid counts as ours. AccountSid is
 * the project ID (source: SignalWire's cXML reference). That it may be in upper case is assumed.
 *
 * @param projectId in lower case
 */
export function requireAccount(projectId: string): RequestHandler {
  return (request, _response, next) => {
    const { AccountSid } = readParameters(request, parameters);
    if (AccountSid !== undefined && AccountSid !== projectId) {
      throw createHttpError(403, 'The webhook belongs to another project.');
    }
    next();
  };
}
