import type { VoiceWebhook } from './calls.js';
import { type CallHandler, createPhoneNumber, type PhoneNumber } from './model/phone-number.js';
import type { Resource } from './model/resources.js';

/** The project's numbers, and what handles their calls. */
export interface Numbers {
  /** The first of them exists from the start. */
  readonly all: PhoneNumber[];
  /** Sets the voice webhook of the first number, and lets it handle the calls, as the dashboard does. */
  point(url: string, method?: 'GET' | 'POST', fallbackUrl?: string): void;
  /** Adds a number that has no voice webhook yet. @param handler what handles its calls; default: nothing */
  add(phoneNumber: string, options?: { handler?: CallHandler }): PhoneNumber;
  /**
   * The voice webhook of the first number, and its fallback, if it has one.
   *
   * @param replacement is requested instead of both, by the number's method unless it has its own
   * @throws Error if there is no replacement, and no voice webhook handles the number's calls
   */
  webhooks(replacement: { url?: string | undefined; method?: 'GET' | 'POST' | undefined }): {
    webhook: VoiceWebhook;
    fallback: VoiceWebhook | undefined;
  };
}

/** @param firstNumber in E.164 form */
export function createNumbers(newResource: () => Resource, firstNumber: string): Numbers {
  const first = createPhoneNumber(newResource(), firstNumber);
  const all = [first];
  return {
    all,
    point(url, method = 'POST', fallbackUrl) {
      first.voiceUrl = url;
      first.voiceMethod = method;
      first.voiceFallbackUrl = fallbackUrl;
      first.handler = url ? 'laml_webhooks' : undefined;
    },
    add(phoneNumber, { handler } = {}) {
      const number = createPhoneNumber(newResource(), phoneNumber, handler);
      all.push(number);
      return number;
    },
    webhooks({ url, method = first.voiceMethod }) {
      if (url !== undefined) return { webhook: { url, method }, fallback: undefined };
      const { handler, voiceUrl, voiceMethod, voiceFallbackUrl, voiceFallbackMethod } = first;
      if (handler !== 'laml_webhooks') throw new Error(`The number's calls are handled by ${handler ?? 'nothing'}.`);
      if (!voiceUrl) throw new Error('The number has no voice webhook. Call pointNumber first.');
      return {
        webhook: { url: voiceUrl, method: voiceMethod },
        fallback: voiceFallbackUrl ? { url: voiceFallbackUrl, method: voiceFallbackMethod } : undefined,
      };
    },
  };
}
