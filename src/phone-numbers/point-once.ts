import { redactUrl } from '../log/redact-url.js';
import type { PhoneNumber } from '../signalwire/space.js';
import { isTransient } from '../signalwire/space-error.js';
import { type HandlerAnswer, isRead, obstacleTo, readHandler, reasonToLeaveAlone } from './obstacles.js';
import { type ReadBackOptions, readBack } from './read-back.js';
import { andFallback, howToPoint, howToSetFallback, noSuchNumber, reasonOf } from './sentences.js';
import { hasFallback, pointsTo, type Target, targetFor } from './webhook-url.js';

export interface PointOptions extends ReadBackOptions {
  /** In E.164 form. */
  phoneNumber: string;
  /** Where SignalWire reaches this service. */
  publicUrl: string;
}

/** What was found or done, for the log. A warning says what the operator can do. */
export interface Report {
  level: 'info' | 'warn';
  sentence: string;
  /** The webhooks that were replaced. */
  before?: object;
}

const info = (sentence: string): Report => ({ level: 'info', sentence });
const warning = (sentence: string): Report => ({ level: 'warn', sentence });

/**
 * Points a number at this service if it is ours to point and doesn't point here yet. What takes its calls is read before the change
 * and after it.
 *
 * @returns what to log, unless `signal` has aborted
 * @throws SpaceError if SignalWire fails in a way that may mend itself
 */
export async function pointOnce(options: PointOptions): Promise<Report> {
  const { space, phoneNumber, publicUrl, signal } = options;
  let target = targetFor({ voiceUrl: '', fallbackUrl: '' }, publicUrl);
  try {
    const numbers = await space.listPhoneNumbers();
    const number = numbers.find((one) => one.phoneNumber === phoneNumber);
    if (!number) return warning(noSuchNumber(phoneNumber, numbers));
    target = targetFor(number, publicUrl);
    const handler = await readHandler(space, phoneNumber);
    if (isTransient(handler)) throw handler;
    signal.throwIfAborted();
    return reportUnchanged(number, handler, target, publicUrl) ?? (await change(number, target, options));
  } catch (error) {
    if (isTransient(error)) throw error;
    return warning(`${phoneNumber} could not be pointed here: ${reasonOf(error)}. ${howToPoint(target)}`);
  }
}

/** Reports a number that needs no change, or may get none; undefined if it is to be changed. */
function reportUnchanged(
  number: PhoneNumber,
  handler: HandlerAnswer,
  target: Target,
  publicUrl: string,
): Report | undefined {
  const { phoneNumber } = number;
  const obstacle = obstacleTo(number, handler, target);
  if (pointsTo(number, target) && (obstacle === undefined || !isRead(handler))) {
    const isHere = `${phoneNumber} already points to ${target.voiceUrl}`;
    if (hasFallback(number, target)) {
      return info(`${isHere}${andFallback(number, target)}${obstacle === undefined ? '' : `, but ${obstacle}`}`);
    }
    if (obstacle === undefined) return undefined;
    return warning(`${isHere}, but its fallback was not set, because ${obstacle}. ${howToSetFallback()}`);
  }
  const reason = reasonToLeaveAlone(number, handler, publicUrl);
  return reason === undefined ? undefined : warning(`${phoneNumber} was left alone: ${reason}. ${howToPoint(target)}`);
}

async function change(number: PhoneNumber, target: Target, options: PointOptions): Promise<Report> {
  const { sid, phoneNumber, voiceUrl, voiceMethod, fallbackUrl, fallbackMethod } = number;
  await options.space.pointPhoneNumber(sid, target.voiceUrl, target.fallbackUrl);
  const obstacle = await readBack(number, target, options);
  const isOnlyFallback = pointsTo(number, target);
  const before = {
    ...(!isOnlyFallback && voiceUrl !== '' && { before: redactUrl(voiceUrl), methodBefore: voiceMethod }),
    ...(!hasFallback(number, target) &&
      fallbackUrl !== '' && { fallbackBefore: redactUrl(fallbackUrl), fallbackMethodBefore: fallbackMethod }),
  };
  if (obstacle !== undefined) {
    const sentence = `${phoneNumber} was pointed to ${target.voiceUrl}, but ${obstacle}. ${howToPoint(target)}`;
    return { ...warning(sentence), before };
  }
  const sentence = isOnlyFallback
    ? `${phoneNumber} pointed to ${target.voiceUrl} already; now its fallback does, too`
    : `${phoneNumber} now points to ${target.voiceUrl}${andFallback(number, target)}`;
  return { ...info(sentence), before };
}
