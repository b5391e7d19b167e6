import type { Request, Router } from 'express';
import { z } from 'zod';
import type { PhoneNumber } from '../../model/phone-number.js';
import { createPage } from '../paging.js';
import {
  type EndpointContext,
  httpMethod,
  ok,
  PAGING,
  parse,
  pathSid,
  readForm,
  requireFound,
  webUrl,
} from './endpoint.js';

const filter = z.strictObject({ ...PAGING, PhoneNumber: z.string().optional(), FriendlyName: z.string().optional() });
// Other changes are refused: the service must change nothing else of a number.
const update = z.strictObject({
  VoiceUrl: webUrl.or(z.literal('')).optional(),
  VoiceMethod: httpMethod.optional(),
  VoiceFallbackUrl: webUrl.or(z.literal('')).optional(),
  VoiceFallbackMethod: httpMethod.optional(),
});

/** Adds the endpoints that list and fetch the project's phone numbers, and set their voice webhooks and fallbacks. */
export function addPhoneNumberEndpoints(
  router: Router,
  { createHandler, model, representations, numbers }: EndpointContext & { numbers: PhoneNumber[] },
): void {
  const findNumber = (request: Request) => {
    const wanted = pathSid(request, 'number').toLowerCase();
    return requireFound(numbers.find(({ sid }) => sid.toLowerCase() === wanted));
  };

  const list = createHandler((request) => {
    const { PhoneNumber = '', FriendlyName } = parse(filter, request.query);
    const items = numbers
      // A part of a number matches (assumed): SignalWire's OpenAPI document calls the parameter a pattern.
      .filter(({ phoneNumber }) => phoneNumber.includes(PhoneNumber))
      // A number's FriendlyName is the number itself, because it can't be changed here.
      .filter(({ phoneNumber }) => FriendlyName === undefined || phoneNumber === FriendlyName)
      .map((number) => ({ ordinal: number.ordinal, represent: () => representations.phoneNumber(number) }));
    return ok(createPage(request, 'incoming_phone_numbers', items));
  });

  const fetch = createHandler((request) => ok(representations.phoneNumber(findNumber(request))));

  const point = createHandler((request) => {
    const number = findNumber(request);
    const { VoiceUrl, VoiceMethod, VoiceFallbackUrl, VoiceFallbackMethod } = parse(update, request.body);
    if (VoiceUrl !== undefined) number.voiceUrl = VoiceUrl || undefined;
    if (VoiceUrl && model.traits.voiceUrlSetsHandler) number.handler = 'laml_webhooks';
    if (VoiceMethod !== undefined) number.voiceMethod = VoiceMethod;
    if (VoiceFallbackUrl !== undefined) number.voiceFallbackUrl = VoiceFallbackUrl || undefined;
    if (VoiceFallbackMethod !== undefined) number.voiceFallbackMethod = VoiceFallbackMethod;
    number.updatedAt = model.now();
    return ok(representations.phoneNumber(number));
  });

  router.get('/:account/IncomingPhoneNumbers', list);
  router.route('/:account/IncomingPhoneNumbers/:number').get(fetch).post(readForm, point);
}
