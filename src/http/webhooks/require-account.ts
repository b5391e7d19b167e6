import type { RequestHandler } from 'express';
import { z } from 'zod';
import { Refusal } from '../../refusal.js';
import { readParameters, text } from './parameters.js';

const parameters = z.object({ AccountSid: text.toLowerCase().optional() });

/**
 * Lets through only webhooks of our own project, and refuses others (403); those that don't say whose they are count as
 * ours. AccountSid is the project ID. Source: SignalWire's cXML reference; that it may come in capitals is assumed.
 *
 * @param projectId in small letters
 */
export function requireAccount(projectId: string): RequestHandler {
  return (request, _response, next) => {
    const { AccountSid } = readParameters(request, parameters);
    if (AccountSid !== undefined && AccountSid !== projectId) throw new Refusal(403, 'This is another project.');
    next();
  };
}
