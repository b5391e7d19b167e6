import { type Request, Router } from 'express';
import { z } from 'zod';
import { type PhoneNumber, phoneNumberAt } from '../../model/phone-number.js';
import type { SpaceModel } from '../../model/space-model.js';
import { type CreateHandler, ok, pathSid } from '../endpoints/endpoint.js';
import { badRequest, notFound } from './relay-error.js';
import { createRelayPage, RELAY_PAGING } from './relay-paging.js';
import { representNumber } from './represent-number.js';

/** Where SignalWire's own REST API is. */
export const RELAY_PATH = '/api/relay/rest';

// Other parameters are refused rather than ignored.
const filter = z.strictObject({
  ...RELAY_PAGING,
  filter_name: z.string().optional(),
  filter_number: z.string().optional(),
});

/**
 * The part of SignalWire's own REST API that shows what handles the calls of the project's numbers. It changes nothing.
 * Source: its OpenAPI document.
 */
export function createRelayNumbersRouter(
  createHandler: CreateHandler,
  model: SpaceModel,
  numbers: PhoneNumber[],
): Router {
  const list = createHandler((request) => {
    const parsed = filter.safeParse(request.query);
    if (!parsed.success) throw badRequest();
    const listTime = model.now() - model.traits.listLagMs;
    const { filter_name, filter_number = '', ...page } = parsed.data;
    const items = numbers
      .filter(({ phoneNumber }) => phoneNumber.includes(filter_number))
      // The simulator's numbers have no names.
      .filter(() => filter_name === undefined)
      .map((number) => ({
        ordinal: number.ordinal,
        represent: () => representNumber(phoneNumberAt(number, listTime)),
      }));
    return ok(createRelayPage(urlOf(request), page, items));
  });

  const fetch = createHandler((request) => {
    const id = pathSid(request, 'number').toLowerCase();
    const number = numbers.find(({ sid }) => sid.toLowerCase() === id);
    if (!number) throw notFound();
    return ok(representNumber(phoneNumberAt(number, model.now() - model.traits.readLagMs)));
  });

  const rejectUnknownPath = createHandler(() => {
    throw notFound();
  });

  const router = Router();
  router.get('/phone_numbers', list);
  router.get('/phone_numbers/:number', fetch);
  router.all('/*path', rejectUnknownPath);
  return router;
}

function urlOf(request: Request): URL {
  return new URL(request.originalUrl, `${request.protocol}://${request.get('host') ?? 'simulator'}`);
}
