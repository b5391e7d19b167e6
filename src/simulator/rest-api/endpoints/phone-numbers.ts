import type { Request, Router } from 'express';
import { z } from 'zod';
import { pageOf } from '../paging.js';
import type { PhoneNumber } from '../phone-number.js';
import { form, found, httpMethod, ok, PAGING, type Parts, read, sidIn, webUrl } from './endpoint.js';

const filter = z.strictObject({ ...PAGING, PhoneNumber: z.string().optional(), FriendlyName: z.string().optional() });
// What else a number has must not be changed by the way, so it isn't taken.
const update = z.strictObject({ VoiceUrl: webUrl.or(z.literal('')).optional(), VoiceMethod: httpMethod.optional() });

/** List and fetch the project's phone numbers, and point them somewhere. */
export function addPhoneNumbers(
  router: Router,
  { endpoint, model, representations, numbers }: Parts & { numbers: PhoneNumber[] },
): void {
  const numberOf = (request: Request) => {
    const wanted = sidIn(request, 'number').toLowerCase();
    return found(numbers.find(({ sid }) => sid.toLowerCase() === wanted));
  };

  const list = endpoint((request) => {
    const { PhoneNumber = '', FriendlyName } = read(filter, request.query);
    const items = numbers
      // SignalWire's OpenAPI document calls it a pattern, so a part of a number finds it (how exactly is assumed).
      .filter(({ phoneNumber }) => phoneNumber.includes(PhoneNumber))
      // A number's name is the number itself, as it can't be renamed here.
      .filter(({ phoneNumber }) => FriendlyName === undefined || phoneNumber === FriendlyName)
      .map((number) => ({ ordinal: number.ordinal, show: () => representations.phoneNumber(number) }));
    return ok(pageOf(request, 'incoming_phone_numbers', items));
  });

  const fetch = endpoint((request) => ok(representations.phoneNumber(numberOf(request))));

  const point = endpoint((request) => {
    const number = numberOf(request);
    const { VoiceUrl, VoiceMethod } = read(update, request.body);
    if (VoiceUrl !== undefined) number.voiceUrl = VoiceUrl || undefined;
    if (VoiceMethod !== undefined) number.voiceMethod = VoiceMethod;
    number.updatedAt = model.now();
    return ok(representations.phoneNumber(number));
  });

  router.get('/:account/IncomingPhoneNumbers', list);
  router.route('/:account/IncomingPhoneNumbers/:number').get(fetch).post(form, point);
}
