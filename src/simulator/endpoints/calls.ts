import type { Request, Router } from 'express';
import { z } from 'zod';
import { notPlaced, unprocessable } from '../api-error.js';
import type { Calls } from '../calls.js';
import type { PhoneNumber } from '../model.js';
import { pageOf } from '../paging.js';
import type { Resources } from '../resources.js';
import { type Endpoint, form, found, httpMethod, PAGING, read, sentence, sidIn, webUrl } from './endpoint.js';

const e164 = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be a phone number in E.164 form');
const newCall = z.object({ To: e164, From: e164, Url: webUrl, Method: httpMethod.default('POST') });
// Which code stands for which parameter is read off SignalWire's page "Error codes".
const CODES: Record<string, string> = { To: '21211', From: '21212', Url: '21205', Method: '21209' };
const FROM_NOT_OWN = '21210';
const TO_NOT_VALID = '21217';
const update = z.object({ Status: z.enum(['completed', 'canceled']) });
const filter = z.strictObject({ ...PAGING, Status: z.string().optional() });

/**
 * List, place, fetch and end calls.
 *
 * @param numbers the project's own, one of which a call must come from
 * @param invalidNumbers what looks like a number and is none
 */
export function addCalls(
  router: Router,
  endpoint: Endpoint,
  calls: Calls,
  numbers: PhoneNumber[],
  invalidNumbers: ReadonlySet<string>,
  resources: Resources,
): void {
  const callOf = (request: Request) => found(calls.get(sidIn(request, 'call')));

  const list = endpoint((request) => {
    const { Status } = read(filter, request.query);
    const matching = calls.all().filter((call) => Status === undefined || call.status === Status);
    return pageOf(request, 'calls', matching, resources.call);
  });

  const place = endpoint((request) => {
    const asked = newCall.safeParse(request.body ?? {});
    if (!asked.success) {
      throw notPlaced(
        ...asked.error.issues.map((issue) => ({ code: CODES[issue.path.join()] ?? '10000', message: sentence(issue) })),
      );
    }
    const { To, From, Url, Method } = asked.data;
    if (!numbers.some(({ phoneNumber }) => phoneNumber === From)) {
      throw notPlaced({ code: FROM_NOT_OWN, message: 'From is not a purchased or verified number of the project' });
    }
    if (invalidNumbers.has(To))
      throw notPlaced({ code: TO_NOT_VALID, message: 'To does not appear to be a valid number' });
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
