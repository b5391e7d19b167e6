import type { Logger } from 'pino';
import type { PhoneNumber, Space } from '../signalwire/space.js';
import { isUnauthorized } from '../signalwire/space-error.js';

/** Where in SignalWire's dashboard a number's voice webhook is set. */
export const IN_THE_DASHBOARD = "in SignalWire's dashboard under Phone Numbers, Edit Settings, Inbound Call Settings";

/** How many of the project's numbers a sentence names. */
const NAMED = 5;

/** ngrok's own domains. Most of their addresses are new ones at each start. Source: ngrok's documentation. */
const NGROK = /(^|\.)ngrok(-free)?\.(app|dev|io|pizza)$/;

/**
 * Points a number's voice webhook at this service, where that takes nothing from anybody. Whatever keeps it from that is
 * a warning that says what to do: the service is of use to those who call another number, or who are called.
 *
 * @param phoneNumber in E.164 form
 * @param publicUrl where SignalWire reaches this service
 */
export async function pointNumber(space: Space, phoneNumber: string, publicUrl: string, log: Logger): Promise<void> {
  try {
    const numbers = await space.listPhoneNumbers();
    const number = numbers.find((one) => one.phoneNumber === phoneNumber);
    if (!number) return log.warn(noSuchNumber(phoneNumber, numbers));
    const wanted = webhookFor(number, publicUrl);
    if (leadsTo(number, wanted)) return log.info(`${phoneNumber} points to ${wanted} already`);
    const owner = ownerOf(number, publicUrl);
    if (owner) return log.warn(`${phoneNumber} was left alone: ${owner} ${byHand(wanted)}`);
    await space.pointPhoneNumber(number.sid, wanted);
    log.info(
      { before: shown(number.voiceUrl), beforeBy: number.voiceMethod },
      `${phoneNumber} points to ${wanted} now`,
    );
  } catch (error) {
    log.warn(`${phoneNumber} was not pointed here: ${whyNot(error)} ${byHand(`${publicUrl}/inbound`)}`);
  }
}

/** The address that a number's calls should go to: our own, with the room that the number has been given. */
export function webhookFor({ voiceUrl }: PhoneNumber, publicUrl: string): string {
  const room = URL.parse(voiceUrl)?.searchParams.get('room');
  return `${publicUrl}/inbound${room ? `?${new URLSearchParams({ room })}` : ''}`;
}

/** Whether a number's calls go to that address, asked by POST. */
export function leadsTo({ voiceUrl, voiceMethod, hasApplication }: PhoneNumber, url: string): boolean {
  return voiceUrl === url && voiceMethod === 'POST' && !hasApplication;
}

/** Who else takes a number's calls, in a sentence; undefined where nobody would miss them. */
export function ownerOf({ voiceUrl, hasApplication }: PhoneNumber, publicUrl: string): string | undefined {
  if (hasApplication) return 'an application of the project takes its calls.';
  if (voiceUrl === '') return undefined;
  const url = URL.parse(voiceUrl);
  if (url && (NGROK.test(url.hostname) || url.host === URL.parse(publicUrl)?.host)) return undefined;
  return `it points to ${shown(voiceUrl)}, which may be somebody else's.`;
}

/** A webhook's address without a password that may be in it. */
export function shown(voiceUrl: string): string {
  return voiceUrl.replace(/^(https?:\/\/)[^/?#]*@/i, '$1…@');
}

/** Says that the project has no such number, and which ones it has. */
export function noSuchNumber(phoneNumber: string, numbers: PhoneNumber[]): string {
  const named = numbers.slice(0, NAMED).map((one) => one.phoneNumber);
  const others = numbers.length > NAMED ? ` and ${numbers.length - NAMED} more` : '';
  const has = named.length > 0 ? `it has ${named.join(', ')}${others}` : 'it has none';
  return `${phoneNumber} is not a number of this project (${has}): set SIGNALWIRE_PHONE_NUMBER to one that is.`;
}

/** How to point a number without us. */
export function byHand(url: string): string {
  return `To have its calls come here, set its voice webhook to ${url}, with POST, ${IN_THE_DASHBOARD}.`;
}

function whyNot(error: unknown): string {
  if (isUnauthorized(error)) return 'the API token lacks the Numbers scope.';
  return `${error instanceof Error ? error.message : error}.`;
}
