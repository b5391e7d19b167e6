import type { Logger } from 'pino';
import { redactUrl } from '../log/redact-url.js';
import type { PhoneNumber, PhoneNumberSpace } from '../signalwire/space.js';
import { isRead, obstacleTo, readHandler, reasonToLeaveAlone } from './obstacles.js';
import { andFallback, howToPoint, howToSetFallback, noSuchNumber, reasonOf } from './sentences.js';
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
  let target = targetFor({ voiceUrl: '', fallbackUrl: '' }, publicUrl);
  try {
    const numbers = await space.listPhoneNumbers();
    const number = numbers.find((one) => one.phoneNumber === phoneNumber);
    if (!number) return log.warn(noSuchNumber(phoneNumber, numbers));
    target = targetFor(number, publicUrl);
    const handler = await readHandler(space, phoneNumber);
    const obstacle = obstacleTo(number, handler, target);
    if (pointsTo(number, target) && (obstacle === undefined || !isRead(handler))) {
      const isHere = `${phoneNumber} already points to ${target.voiceUrl}`;
      if (hasFallback(number, target)) {
        return log.info(`${isHere}${andFallback(number, target)}${obstacle === undefined ? '' : `, but ${obstacle}`}`);
      }
      if (obstacle !== undefined) {
        return log.warn(`${isHere}, but its fallback was not set, because ${obstacle}. ${howToSetFallback()}`);
      }
    }
    const reason = reasonToLeaveAlone(number, handler, publicUrl);
    if (reason) return log.warn(`${phoneNumber} was left alone: ${reason}. ${howToPoint(target)}`);
    await space.pointPhoneNumber(number.sid, target.voiceUrl, target.fallbackUrl);
    await reportChange(space, number, target, log);
  } catch (error) {
    log.warn(`${phoneNumber} could not be pointed here: ${reasonOf(error)}. ${howToPoint(target)}`);
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
      ? `it could not be read again: ${reasonOf(number)}`
      : (obstacleTo(number, handler, target) ?? wrongFallback(number, target));
  if (obstacle === undefined) {
    log.info(fields, `${phoneNumber} now points to ${target.voiceUrl}${andFallback(before, target)}`);
    return;
  }
  log.warn(fields, `${phoneNumber} was pointed to ${target.voiceUrl}, but ${obstacle}. ${howToPoint(target)}`);
}

function wrongFallback(number: PhoneNumber, target: Target): string | undefined {
  if (hasFallback(number, target)) return undefined;
  return `its fallback is ${redactUrl(number.fallbackUrl) || 'empty'}, with ${number.fallbackMethod}`;
}
