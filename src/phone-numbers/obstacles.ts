import { redactUrl } from '../log/redact-url.js';
import type { CallHandler, PhoneNumber, PhoneNumberSpace } from '../signalwire/space.js';
import { nameOfHandler, VOICE_WEBHOOK } from './handler-names.js';
import { reasonOf } from './sentences.js';
import { mayReplace, pointsTo, type Target } from './webhook-url.js';

/** What handles a number's calls; an Error if that can't be read, and undefined if SignalWire's own REST API lacks the number. */
export type HandlerAnswer = CallHandler | Error | undefined;

/** Reads what handles a number's calls. Never rejects. */
export function readHandler(space: PhoneNumberSpace, phoneNumber: string): Promise<HandlerAnswer> {
  return space.fetchCallHandler(phoneNumber).catch((error: Error) => error);
}

/**
 * Says why a number may be somebody else's, so that the service leaves it alone. A number whose handler can't be read may be: with an
 * empty voice webhook, its calls may go to a SWML script, an AI agent or a SIP endpoint, which the compatibility API doesn't show.
 *
 * @returns a clause; undefined if nothing handles the number's calls that anybody would miss
 */
export function reasonToLeaveAlone(number: PhoneNumber, handler: HandlerAnswer, publicUrl: string): string | undefined {
  const other = otherHandlerOf(number, handler);
  if (other !== undefined) return other;
  const urls = [number.voiceUrl, isRead(handler) ? handler.requestUrl : ''];
  const foreign = urls.find((url) => !mayReplace(url, publicUrl));
  return foreign && `it points to ${redactUrl(foreign)}, which may belong to somebody else`;
}

/**
 * Says what takes a number's calls, although its voice webhook should.
 *
 * @returns a clause; undefined if the voice webhook takes them, and is as it should be
 */
export function obstacleTo(number: PhoneNumber, handler: HandlerAnswer, target: Target): string | undefined {
  const other = otherHandlerOf(number, handler);
  if (other !== undefined) return other;
  if (isRead(handler) && handler.kind === undefined) return 'nothing handles its calls';
  if (!pointsTo(number, target)) {
    return `its voice webhook is ${redactUrl(number.voiceUrl) || 'empty'}, with ${number.voiceMethod}`;
  }
  const requestUrl = isRead(handler) ? handler.requestUrl : '';
  if (requestUrl !== '' && requestUrl !== target.voiceUrl) return `its calls go to ${redactUrl(requestUrl)}`;
  return undefined;
}

/** Says what else than a voice webhook handles a number's calls, or may handle them. */
function otherHandlerOf({ hasApplication, voiceUrl }: PhoneNumber, handler: HandlerAnswer): string | undefined {
  if (hasApplication) return 'an application of the project handles its calls';
  if (handler instanceof Error) return `what handles its calls could not be read: ${reasonOf(handler)}`;
  if (!handler) return "what handles its calls is unknown, because SignalWire's own REST API does not list it";
  const { kind, resourceId, requestUrl, receivesFaxes } = handler;
  if (receivesFaxes) return 'it receives faxes instead of calls';
  if (kind !== undefined && kind !== VOICE_WEBHOOK) return `${nameOfHandler(kind)} handles its calls`;
  // `laml_webhooks` creates a resource of its own (source: SignalWire's page "setCxmlWebhook"), but then there is an address. No
  // document says how a number looks whose calls are handled by a cXML script in the dashboard; that it may be this is assumed.
  if (resourceId !== '' && requestUrl === '' && voiceUrl === '')
    return `a resource of the project (${resourceId}) handles its calls`;
  return undefined;
}

export function isRead(handler: HandlerAnswer): handler is CallHandler {
  return handler !== undefined && !(handler instanceof Error);
}
