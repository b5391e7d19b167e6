import { z } from 'zod';
import { isWritable } from '../rooms/names.js';
import type { Announcement } from '../signalwire/laml.js';
import { QUOTED } from './copied.js';

/** The longest text that is spoken, in characters. Source: SignalWire's cXML reference, Say. */
const MAX_LENGTH = 4096;

/** What nobody means to be spoken: an address, complete or not, or the name of a sound file. */
const IS_ADDRESS = /^https?:|^[a-z][a-z\d+.-]*:\/\/|^\S+\.(mp3|wav)$/i;

/** What looks like a switch, and would be spoken. */
const IS_SWITCH = /^(true|false)$/i;

/** A sentence, or a URL that begins with https://. */
export const announcement = z
  .string()
  .trim()
  // A sentence may begin or end with a quotation.
  .refine((text) => !/^(["'`]).*\1$/s.test(text), QUOTED)
  .refine((text) => !IS_SWITCH.test(text), 'must be the sentence that callers hear, or empty for none.')
  .refine((text) => [...text].length <= MAX_LENGTH, `must have at most ${MAX_LENGTH} characters.`)
  .refine(isWritable, 'must be one line, without control characters.')
  .refine((text) => !IS_ADDRESS.test(text) || (/^https:\/\/\S+$/i.test(text) && URL.canParse(text)), {
    error: 'must be a sentence, or the address of a sound file that begins with https://.',
  });

/** A language and a region, for example `en-GB`. SignalWire knows which ones it speaks; its documentation has no complete list. */
export const announcementLanguage = z
  .string()
  .trim()
  .regex(/^[a-z]{2,3}(-[a-z\d]{2,8})*$/i, 'must be a language such as en-US or de-DE.');

/** @param language of a sentence; undefined leaves it to SignalWire, and a sound file has none */
export function createAnnouncement(text: string | undefined, language: string | undefined): Announcement | undefined {
  if (text === undefined) return undefined;
  return IS_ADDRESS.test(text) ? { play: text } : { say: text, language };
}
