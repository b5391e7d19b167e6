import { InvalidArgumentError } from 'commander';
import { e164 } from '../phone-numbers/e164.js';

/** Parses an argument that is a phone number. @returns the number in E.164 form */
export function phoneNumber(text: string): string {
  const number = e164(text);
  if (number === undefined) throw new InvalidArgumentError('It must be in E.164 form, for example +15551234567.');
  return number;
}
