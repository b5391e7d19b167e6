import type { Logger } from 'pino';
import type { PhoneNumber, Space } from '../signalwire/space.js';
import { isUnauthorized } from '../signalwire/space-error.js';

/** Where in SignalWire's dashboard the voice webhook of a number is set. */
export const IN_THE_DASHBOARD = "in SignalWire's dashboard under Phone Numbers, Edit Settings, Inbound Call Settings";

/** How many of the project's numbers an error message lists. */
const MAX_LISTED = 5;

/** ngrok's own domains. Most of their addresses change at each start. Source: ngrok's documentation. */
const NGROK = /(^|\.)ngrok(-free)?\.(app|dev|io|pizza)$/;

/**
 * Points a number's voice webhook at this service, unless the number belongs to something else. Any obstacle is logged as a
 * warning that says what to do, because the service is still useful with another number or for outgoing calls.
 *
 * @param phoneNumber in E.164 form
 * @param publicUrl where SignalWire reaches this service
 */
export async function pointNumber(space: Space, phoneNumber: string, publicUrl: string, log: Logger): Promise<void> {
  try {
    const numbers = await space.listPhoneNumbers();
    const number = numbers.find((one) => one.phoneNumber === phoneNumber);
    if (!number) return log.warn(noSuchNumber(phoneNumber, numbers));
    const webhook = webhookFor(number, publicUrl);
    if (pointsTo(number, webhook)) return log.info(`${phoneNumber} already points to ${webhook}`);
    const owner = ownerOf(number, publicUrl);
    if (owner) return log.warn(`${phoneNumber} was left alone: ${owner} ${howToPoint(webhook)}`);
    await space.pointPhoneNumber(number.sid, webhook);
    const { voiceUrl, voiceMethod } = number;
    const before = voiceUrl === '' ? {} : { before: withoutPassword(voiceUrl), methodBefore: voiceMethod };
    log.info(before, `${phoneNumber} now points to ${webhook}`);
  } catch (error) {
    log.warn(`${phoneNumber} could not be pointed here: ${reasonOf(error)} ${howToPoint(`${publicUrl}/inbound`)}`);
  }
}

/** The URL that a number's calls should go to: ours, with the room that the number has. */
export function webhookFor({ voiceUrl }: PhoneNumber, publicUrl: string): string {
  const room = URL.parse(voiceUrl)?.searchParams.get('room');
  return `${publicUrl}/inbound${room ? `?${new URLSearchParams({ room })}` : ''}`;
}

/** Whether a number's calls go to that URL, by POST. */
export function pointsTo({ voiceUrl, voiceMethod, hasApplication }: PhoneNumber, url: string): boolean {
  return voiceUrl === url && voiceMethod === 'POST' && !hasApplication;
}

/** A sentence that says what else handles a number's calls; undefined if nothing does that anybody would miss. */
export function ownerOf({ voiceUrl, hasApplication }: PhoneNumber, publicUrl: string): string | undefined {
  if (hasApplication) return 'an application of the project handles its calls.';
  if (voiceUrl === '') return undefined;
  const url = URL.parse(voiceUrl);
  if (url && (NGROK.test(url.hostname) || url.host === URL.parse(publicUrl)?.host)) return undefined;
  return `it points to ${withoutPassword(voiceUrl)}, which may belong to somebody else.`;
}

/** The URL of a webhook without the user and password that it may contain. */
export function withoutPassword(voiceUrl: string): string {
  return voiceUrl.replace(/^(https?:\/\/)[^/?#]*@/i, '$1…@');
}

/** A sentence that says that the project has no such number, and which numbers it has. */
export function noSuchNumber(phoneNumber: string, numbers: PhoneNumber[]): string {
  const listed = numbers.slice(0, MAX_LISTED).map((one) => one.phoneNumber);
  const rest = numbers.length > MAX_LISTED ? ` and ${numbers.length - MAX_LISTED} more` : '';
  const has = listed.length > 0 ? `it has ${listed.join(', ')}${rest}` : 'it has none';
  return `${phoneNumber} is not a number of this project (${has}): set SIGNALWIRE_PHONE_NUMBER to one that is.`;
}

/** A sentence that says how to point a number by hand. */
export function howToPoint(url: string): string {
  return `To receive its calls here, set its voice webhook to ${url}, with POST, ${IN_THE_DASHBOARD}.`;
}

function reasonOf(error: unknown): string {
  if (isUnauthorized(error)) return 'the API token lacks the Numbers scope.';
  return `${error instanceof Error ? error.message : error}.`;
}
