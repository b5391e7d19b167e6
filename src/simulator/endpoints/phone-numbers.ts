import type { Request, Router } from 'express';
import { z } from 'zod';
import type { PhoneNumber } from '../model.js';
import { pageOf } from '../paging.js';
import type { Resources } from '../resources.js';
import { type Endpoint, form, found, httpMethod, PAGING, read, sidIn, webUrl } from './endpoint.js';

const filter = z.strictObject({ ...PAGING, PhoneNumber: z.string().optional() });
// What else a number has must not be changed by the way, so it isn't taken.
const update = z.strictObject({ VoiceUrl: webUrl.or(z.literal('')).optional(), VoiceMethod: httpMethod.optional() });

/** List and fetch the project's phone numbers, and point them somewhere. */
export function addPhoneNumbers(
  router: Router,
  endpoint: Endpoint,
  numbers: PhoneNumber[],
  resources: Resources,
): void {
  const numberOf = (request: Request) => found(numbers.find(({ sid }) => sid === sidIn(request, 'number')));

  const list = endpoint((request) => {
    const { PhoneNumber = '' } = read(filter, request.query);
    // SignalWire's OpenAPI document calls it a pattern, so a part of a number finds it (how exactly is assumed).
    const matching = numbers.filter(({ phoneNumber }) => phoneNumber.includes(PhoneNumber));
    return pageOf(request, 'incoming_phone_numbers', matching, resources.phoneNumber);
  });

  const fetch = endpoint((request) => resources.phoneNumber(numberOf(request)));

  const point = endpoint((request) => {
    const number = numberOf(request);
    const { VoiceUrl, VoiceMethod } = read(update, request.body);
    if (VoiceUrl !== undefined) number.voiceUrl = VoiceUrl || undefined;
    if (VoiceMethod !== undefined) number.voiceMethod = VoiceMethod;
    number.updatedAt = new Date();
    return resources.phoneNumber(number);
  });

  router.get('/:account/IncomingPhoneNumbers', list);
  router.route('/:account/IncomingPhoneNumbers/:number').get(fetch).post(form, point);
}
