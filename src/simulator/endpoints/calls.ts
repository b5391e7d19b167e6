import type { Request, Router } from 'express';
import { z } from 'zod';
import { unprocessable } from '../api-error.js';
import type { Calls } from '../calls.js';
import type { PhoneNumber } from '../model.js';
import { pageOf } from '../paging.js';
import type { Resources } from '../resources.js';
import { type Endpoint, form, found, httpMethod, PAGING, read, sidIn, webUrl } from './endpoint.js';

const e164 = z.string().regex(/^\+[1-9]\d{4,16}$/, 'must be a phone number in E.164 form');
const newCall = z.object({ To: e164, From: e164, Url: webUrl, Method: httpMethod.default('POST') });
const update = z.object({ Status: z.enum(['completed', 'canceled']) });
const filter = z.strictObject({ ...PAGING, Status: z.string().optional() });

/**
 * List, place, fetch and end calls.
 *
 * @param numbers the project's own, one of which a call must come from
 */
export function addCalls(
  router: Router,
  endpoint: Endpoint,
  calls: Calls,
  numbers: PhoneNumber[],
  resources: Resources,
): void {
  const callOf = (request: Request) => found(calls.get(sidIn(request, 'call')));

  const list = endpoint((request) => {
    const { Status } = read(filter, request.query);
    const matching = calls.all().filter((call) => Status === undefined || call.status === Status);
    return pageOf(request, 'calls', matching, resources.call);
  });

  const place = endpoint((request) => {
    const { To, From, Url, Method } = read(newCall, request.body);
    const own = numbers.map(({ phoneNumber }) => phoneNumber);
    if (!own.includes(From)) throw unprocessable(`From must be a number of the project: ${own.join(', ')}`);
    return resources.call(calls.place(From, To, { url: Url, method: Method }));
  });

  const fetch = endpoint((request) => resources.call(callOf(request)));

  const end = endpoint((request) => {
    const call = callOf(request);
    const { Status } = read(update, request.body);
    if (!calls.end(call, Status)) throw unprocessable(`The call is ${call.status} and can't be ${Status}`);
    return resources.call(call);
  });

  router.route('/:account/Calls').get(list).post(form, place);
  router.route('/:account/Calls/:call').get(fetch).post(form, end);
}
