/**
 * Converts a phone number to E.164 form, which SignalWire requires: a plus, the country code and the rest, 7 to 15 digits.
 *
 * @param text as people write it, for example `+1 (555) 123-4567`
 * @returns for example `+15551234567`; undefined if it isn't a complete international number
 */
export function e164(text: string): string | undefined {
  const digits = text.replace(/[\s().-]/g, '');
  return /^\+[1-9]\d{6,14}$/.test(digits) ? digits : undefined;
}
