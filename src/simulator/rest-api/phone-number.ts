import type { Resource } from '../model/resources.js';

/** A number that the project has bought. */
export interface PhoneNumber extends Resource {
  phoneNumber: string;
  voiceUrl: string | undefined;
  voiceMethod: 'GET' | 'POST';
  /** An application that takes the number's calls in place of the webhook. */
  voiceApplicationSid: string | undefined;
}
