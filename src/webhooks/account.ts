import type { RequestHandler } from 'express';
import { Refusal } from '../refusal.js';
import { readParameter } from './parameters.js';

/** Lets through only webhooks of our own project; those that don't say whose they are count as ours. */
export function requireAccount(projectId: string): RequestHandler {
  return (request, _response, next) => {
    const account = readParameter(request, 'AccountSid');
    if (account !== undefined && account !== projectId) throw new Refusal(403, 'This is another project.');
    next();
  };
}
