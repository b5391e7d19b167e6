import type { Logger } from 'pino';
import { redactUrl } from '../log/redact-url.js';
import type { PhoneNumber, PhoneNumberSpace } from '../signalwire/space.js';
import { isUnauthorized } from '../signalwire/space-error.js';
import { obstacleTo, ownerOf, readHandler } from './obstacles.js';
import { andFallback, howToPoint, noSuchNumber } from './sentences.js';
import { hasFallback, pointsTo, type Target, targetFor } from './webhook-url.js';

/**
 * Points a number's voice webhook and its fallback at this service, unless the number belongs to something else. What takes its calls
 * is read before the change and after it. Any obstacle is logged as a warning that says what to do, because the service is still
 * useful with another number or for outgoing calls.
 *
 * @param phoneNumber in E.164 form
 * @param publicUrl where SignalWire reaches this service
 */
export async function pointNumber(
  space: PhoneNumberSpace,
  phoneNumber: string,
  publicUrl: string,
  log: Logger,
): Promise<void> {
  try {
    const numbers = await space.listPhoneNumbers();
    const number = numbers.find((one) => one.phoneNumber === phoneNumber);
    if (!number) return log.warn(noSuchNumber(phoneNumber, numbers));
    const target = targetFor(number, publicUrl);
    const { voiceUrl } = target;
    const handler = await readHandler(space, phoneNumber);
    const isPointed = pointsTo(number, target) && hasFallback(number, target);
    const obstacle = obstacleTo(number, handler, target);
    const isUnread = handler === undefined || handler instanceof Error;
    if (isPointed && (obstacle === undefined || isUnread)) {
      const doubt = obstacle === undefined ? '' : `, but ${obstacle}`;
      return log.info(`${phoneNumber} already points to ${voiceUrl}${andFallback(number, target)}${doubt}`);
    }
    const owner = ownerOf(number, handler, publicUrl);
    if (owner) return log.warn(`${phoneNumber} was left alone: ${owner} ${howToPoint(voiceUrl)}`);
    await space.pointPhoneNumber(number.sid, target.voiceUrl, target.fallbackUrl);
    await reportChange(space, number, target, log);
  } catch (error) {
    log.warn(`${phoneNumber} could not be pointed here: ${reasonOf(error)} ${howToPoint(`${publicUrl}/inbound`)}`);
  }
}

/** Reads a number again after it was changed, and logs what takes its calls now. */
async function reportChange(space: PhoneNumberSpace, before: PhoneNumber, target: Target, log: Logger): Promise<void> {
  const { sid, phoneNumber } = before;
  const fields = {
    ...(before.voiceUrl !== '' && { before: redactUrl(before.voiceUrl), methodBefore: before.voiceMethod }),
    ...(before.fallbackUrl !== '' && { fallbackBefore: redactUrl(before.fallbackUrl) }),
  };
  const handler = await readHandler(space, phoneNumber);
  const number = await space.fetchPhoneNumber(sid).catch((error: Error) => error);
  const obstacle =
    number instanceof Error
      ? `it could not be read again: ${number.message}`
      : (obstacleTo(number, handler, target) ?? wrongFallback(number, target));
  if (obstacle === undefined) {
    log.info(fields, `${phoneNumber} now points to ${target.voiceUrl}${andFallback(before, target)}`);
    return;
  }
  log.warn(fields, `${phoneNumber} was pointed to ${target.voiceUrl}, but ${obstacle}. ${howToPoint(target.voiceUrl)}`);
}

function wrongFallback(number: PhoneNumber, target: Target): string | undefined {
  if (hasFallback(number, target)) return undefined;
  return `its fallback is ${redactUrl(number.fallbackUrl) || 'empty'}, with ${number.fallbackMethod}`;
}

function reasonOf(error: unknown): string {
  if (isUnauthorized(error)) return 'the API token lacks the Numbers scope.';
  return `${error instanceof Error ? error.message : error}.`;
}
