import { redactUrl } from '../log/redact-url.js';
import type { PhoneNumber } from '../signalwire/space.js';
import { isUnauthorized } from '../signalwire/space-error.js';
import type { Target } from './webhook-url.js';

/** Where in SignalWire's dashboard the voice webhook of a number is set. */
export const IN_THE_DASHBOARD = "in SignalWire's dashboard under Phone Numbers, Edit Settings, Inbound Call Settings";

/** How many of the project's numbers an error message lists. */
const MAX_LISTED = 5;

/** A sentence that says that the project has no such number, and which numbers it has. */
export function noSuchNumber(phoneNumber: string, numbers: PhoneNumber[]): string {
  const listed = numbers.slice(0, MAX_LISTED).map((one) => one.phoneNumber);
  const rest = numbers.length > MAX_LISTED ? ` and ${numbers.length - MAX_LISTED} more` : '';
  const has = listed.length > 0 ? `it has ${listed.join(', ')}${rest}` : 'it has none';
  return `${phoneNumber} is not a number of this project (${has}): set SIGNALWIRE_PHONE_NUMBER to one that is.`;
}

/** A sentence that says how to point a number by hand. A fallback of somebody else's stays. */
export function howToPoint({ voiceUrl, fallbackUrl }: Target): string {
  const fallback = fallbackUrl === undefined ? '' : ', and the same address as its fallback';
  return `To receive its calls here, assign it the voice webhook ${voiceUrl}, with POST${fallback}, ${IN_THE_DASHBOARD}.`;
}

/** A sentence that says how to set by hand the fallback of a number that points here. */
export function howToSetFallback(): string {
  return `To give each call a second try, set its fallback to the same address, with POST, ${IN_THE_DASHBOARD}.`;
}

/** Why a request about numbers failed, as a clause. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return isUnauthorized(error) ? `the API token lacks the Numbers scope (${message})` : message;
}

/** The end of a sentence that says where a number points: what its fallback is, once it is as it should be. */
export function andFallback({ fallbackUrl }: PhoneNumber, target: Target): string {
  if (target.fallbackUrl !== undefined) return ', as does its fallback';
  return `; its fallback stays ${redactUrl(fallbackUrl)}`;
}
