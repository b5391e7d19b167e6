import { redactUrl } from '../log/redact-url.js';
import { type HandlerAnswer, isRead, obstacleTo, readHandler, reasonToLeaveAlone } from '../phone-numbers/obstacles.js';
import {
  andFallback,
  howToPoint,
  howToSetFallback,
  IN_THE_DASHBOARD,
  noSuchNumber,
} from '../phone-numbers/sentences.js';
import { hasFallback, pointsTo, type Target, targetFor } from '../phone-numbers/webhook-url.js';
import type { Settings } from '../settings/settings.js';
import type { PhoneNumber, PhoneNumberSpace } from '../signalwire/space.js';
import { type Finding, ok, unknown, wrong } from './finding.js';

export interface NumberCheck {
  space: PhoneNumberSpace;
  numbers: PhoneNumber[] | Error;
  settings: Pick<Settings, 'phoneNumber'>;
  publicUrl: string | null;
  /** Whether the service runs. */
  isRunning: boolean;
}

/** Checks where calls to the number go: what handles them, the voice webhook and its fallback. Changes nothing. */
export async function checkNumber(check: NumberCheck): Promise<Finding> {
  const { space, numbers, settings, publicUrl, isRunning } = check;
  const { phoneNumber } = settings;
  if (numbers instanceof Error) return unknown('The numbers could not be read.');
  if (publicUrl === null) return unknown('Whether a number points here can only be checked while the service runs.');
  if (phoneNumber === undefined) return checkAnyNumber(space, numbers, publicUrl);
  const number = numbers.find((one) => one.phoneNumber === phoneNumber);
  if (!number) return wrong(noSuchNumber(phoneNumber, numbers));
  const target = targetFor(number, publicUrl);
  const handler = await readHandler(space, phoneNumber);
  if (pointsTo(number, target)) {
    const remedy = hasFallback(number, target) ? undefined : remedyFor(isRunning);
    return checkPointed(number, handler, target, remedy);
  }
  const reason = reasonToLeaveAlone(number, handler, publicUrl);
  if (reason) return wrong(`The service leaves ${phoneNumber} alone: ${reason}. ${howToPoint(target)}`);
  const { voiceUrl, voiceMethod } = number;
  const present = voiceUrl === '' ? 'has no voice webhook' : `points to ${redactUrl(voiceUrl)} with ${voiceMethod}`;
  return wrong(`${phoneNumber} ${present}. It should point to ${target.voiceUrl} with POST. ${remedyFor(isRunning)}`);
}

/** Checks that one of the project's numbers points here. The service changes none of them. */
async function checkAnyNumber(space: PhoneNumberSpace, numbers: PhoneNumber[], publicUrl: string): Promise<Finding> {
  const number = numbers.find((one) => pointsTo(one, targetFor(one, publicUrl)));
  if (!number) {
    return wrong(
      "None of the project's numbers points to this service. Set SIGNALWIRE_PHONE_NUMBER and restart the service, or set the voice webhook " +
        `of a number to ${publicUrl}/inbound, with POST, ${IN_THE_DASHBOARD}.`,
    );
  }
  const target = targetFor(number, publicUrl);
  return checkPointed(number, await readHandler(space, number.phoneNumber), target, undefined);
}

/**
 * Checks a number whose voice webhook is as it should be.
 *
 * @param remedy what sets the fallback; undefined if a missing one is no mistake
 */
function checkPointed(
  number: PhoneNumber,
  handler: HandlerAnswer,
  target: Target,
  remedy: string | undefined,
): Finding {
  const { phoneNumber, fallbackUrl, fallbackMethod } = number;
  const pointed = `${phoneNumber} points to ${target.voiceUrl}`;
  const fallback =
    fallbackUrl === '' ? 'it has no fallback' : `its fallback is ${redactUrl(fallbackUrl)} with ${fallbackMethod}`;
  const lacksFallback = remedy !== undefined && !hasFallback(number, target);
  const obstacle = obstacleTo(number, handler, target);
  if (!isRead(handler) && lacksFallback) {
    return wrong(
      `${pointed}, but ${fallback}. The service does not set it, because ${obstacle}. ${howToSetFallback()}`,
    );
  }
  if (!isRead(handler)) return unknown(`${pointed}, but ${obstacle}.`);
  if (obstacle !== undefined) return wrong(`${pointed}, but ${obstacle}. ${howToPoint(target)}`);
  const handled = `${pointed} (handler: ${handler.kind})`;
  if (lacksFallback) return wrong(`${handled}, but ${fallback}. It should be the same address, with POST. ${remedy}`);
  if (hasFallback(number, target)) return ok(`${handled}${andFallback(number, target)}.`);
  return ok(`${handled}; ${fallback}. With the same address, each call gets a second try.`);
}

function remedyFor(isRunning: boolean): string {
  return isRunning ? 'Restart the service: it sets the webhook at startup.' : 'The service sets it at startup.';
}
