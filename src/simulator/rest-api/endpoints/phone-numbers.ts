import type { Request, Router } from 'express';
import { z } from 'zod';
import { type PhoneNumber, phoneNumberAt, updatePhoneNumber } from '../../model/phone-number.js';
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
    const listTime = model.now() - model.traits.listLagMs;
    const { PhoneNumber = '', FriendlyName } = parse(filter, request.query);
    const items = numbers
      // A part of a number matches (assumed): SignalWire's OpenAPI document calls the parameter a pattern.
      .filter(({ phoneNumber }) => phoneNumber.includes(PhoneNumber))
      // A number's FriendlyName is the number itself, because it can't be changed here.
      .filter(({ phoneNumber }) => FriendlyName === undefined || phoneNumber === FriendlyName)
      .map((number) => ({
        ordinal: number.ordinal,
        represent: () => representations.phoneNumber(phoneNumberAt(number, listTime)),
      }));
    return ok(createPage(request, 'incoming_phone_numbers', items));
  });

  const fetch = createHandler((request) => {
    const readTime = model.now() - model.traits.readLagMs;
    return ok(representations.phoneNumber(phoneNumberAt(findNumber(request), readTime)));
  });

  const point = createHandler((request) => {
    const number = findNumber(request);
    const { VoiceUrl, VoiceMethod, VoiceFallbackUrl, VoiceFallbackMethod } = parse(update, request.body);
    updatePhoneNumber(number, model.now(), {
      ...(VoiceUrl !== undefined && { voiceUrl: VoiceUrl || undefined }),
      ...(VoiceUrl && model.traits.voiceUrlSetsHandler && { handler: 'laml_webhooks' }),
      ...(VoiceMethod && { voiceMethod: VoiceMethod }),
      ...(VoiceFallbackUrl !== undefined && { voiceFallbackUrl: VoiceFallbackUrl || undefined }),
      ...(VoiceFallbackMethod && { voiceFallbackMethod: VoiceFallbackMethod }),
    });
    return ok(representations.phoneNumber(number));
  });

  router.get('/:account/IncomingPhoneNumbers', list);
  router.route('/:account/IncomingPhoneNumbers/:number').get(fetch).post(readForm, point);
}
