import { type CallHandlerOptions, readCallHandler } from './call-handler.js';
import { collectPages, PAGE_SIZE } from './pages.js';
import type { Client } from './sdk-client.js';
import type { PhoneNumber, PhoneNumberSpace } from './space.js';

export interface PhoneNumberRequestsOptions extends CallHandlerOptions {
  client: Client;
  /** Sends a request and reports its outcome. */
  request<Answer>(operation: string, send: () => Promise<Answer>): Promise<Answer>;
}

/** The requests about phone numbers: through the SDK, and for what handles their calls, to SignalWire's own REST API. */
export function createPhoneNumberRequests(options: PhoneNumberRequestsOptions): PhoneNumberSpace {
  const { client, request } = options;
  return {
    async listPhoneNumbers() {
      const list = () => collectPages(client.incomingPhoneNumbers.page({ pageSize: PAGE_SIZE }));
      return (await request('list_phone_numbers', list)).map(toPhoneNumber);
    },

    async fetchPhoneNumber(sid) {
      return toPhoneNumber(await request('fetch_phone_number', () => client.incomingPhoneNumbers(sid).fetch()));
    },

    fetchCallHandler: (phoneNumber) => request('fetch_call_handler', () => readCallHandler(options, phoneNumber)),

    async pointPhoneNumber(sid, voiceUrl, voiceFallbackUrl) {
      const fallback = voiceFallbackUrl === undefined ? {} : { voiceFallbackUrl, voiceFallbackMethod: 'POST' };
      const change = { voiceUrl, voiceMethod: 'POST', ...fallback };
      await request('update_phone_number', () => client.incomingPhoneNumbers(sid).update(change));
    },
  };
}

type SdkPhoneNumber = Awaited<ReturnType<Client['incomingPhoneNumbers']['list']>>[number];

function toPhoneNumber(one: SdkPhoneNumber): PhoneNumber {
  return {
    sid: one.sid,
    phoneNumber: one.phoneNumber,
    voiceUrl: one.voiceUrl,
    voiceMethod: one.voiceMethod,
    fallbackUrl: one.voiceFallbackUrl,
    fallbackMethod: one.voiceFallbackMethod,
    hasApplication: Boolean(one.voiceApplicationSid),
  };
}
