import type { Resource } from './resources.js';

/** A phone number of the project. */
export interface PhoneNumber extends Resource {
  phoneNumber: string;
  voiceUrl: string | undefined;
  voiceMethod: 'GET' | 'POST';
  /** The application that handles the number's calls instead of the voice webhook. */
  voiceApplicationSid: string | undefined;
}
