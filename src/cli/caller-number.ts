import { Option } from 'commander';
import type { Settings } from '../settings/settings.js';
import { phoneNumber } from './phone-number.js';
import { UsageError } from './usage-error.js';

/** `--from`, for a command that places calls. */
export const fromOption = () =>
  new Option('--from <number>', 'which of your numbers to call from (default: SIGNALWIRE_PHONE_NUMBER)').argParser(
    phoneNumber,
  );

/** The number to call from. @throws UsageError if neither the option nor the settings have one */
export function callerNumber(from: string | undefined, settings: Pick<Settings, 'phoneNumber'>): string {
  const number = from ?? settings.phoneNumber;
  if (number) return number;
  throw new UsageError('There is no number to call from: use --from +15551234567, or set SIGNALWIRE_PHONE_NUMBER.');
}
