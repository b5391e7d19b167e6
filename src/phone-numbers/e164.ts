/**
 * A phone number in E.164 form, as SignalWire wants it: a plus, the country's code, the rest, 7 to 15 digits in all.
 *
 * @param text as people write it, for example `+1 (555) 123-4567`
 * @returns for example `+15551234567`; undefined where it isn't a whole international number
 */
export function e164(text: string): string | undefined {
  const digits = text.replace(/[\s().-]/g, '');
  return /^\+[1-9]\d{6,14}$/.test(digits) ? digits : undefined;
}
