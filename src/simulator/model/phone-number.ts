import { randomUUID } from 'node:crypto';
import type { Resource } from './resources.js';

/** What can handle a number's calls. Source: SignalWire's OpenAPI document of its own REST API, `PhoneNumberCallHandler`. */
export const CALL_HANDLERS = [
  'relay_context',
  'relay_topic',
  'relay_script',
  'relay_application',
  'relay_connector',
  'relay_sip_endpoint',
  'relay_verto_endpoint',
  'laml_webhooks',
  'laml_application',
  'dialogflow',
  'video_room',
  'call_flow',
  'ai_agent',
  'fabric_subscriber',
  'sip_gateway',
  'call_queue',
] as const;

export type CallHandler = (typeof CALL_HANDLERS)[number];

/** A phone number of the project. */
export interface PhoneNumber extends Resource {
  phoneNumber: string;
  voiceUrl: string | undefined;
  voiceMethod: 'GET' | 'POST';
  /** Requested if the voice webhook fails. */
  voiceFallbackUrl: string | undefined;
  voiceFallbackMethod: 'GET' | 'POST';
  /** The application that handles the number's calls instead of the voice webhook. */
  voiceApplicationSid: string | undefined;
  /** What handles the number's calls; undefined if nothing does. The compatibility API doesn't show it. */
  handler: CallHandler | undefined;
  /** The resource in the dashboard that the handler belongs to. */
  handlerResourceId: string | undefined;
  receiveMode: 'voice' | 'fax';
  /** What the number was like until each of its updates, oldest first. */
  earlier: { until: number; number: PhoneNumber }[];
}

/** A number without a voice webhook. @param handler what handles its calls, by a resource of its own; default: nothing */
export function createPhoneNumber(resource: Resource, phoneNumber: string, handler?: CallHandler): PhoneNumber {
  return {
    ...resource,
    phoneNumber,
    voiceUrl: undefined,
    voiceMethod: 'POST',
    voiceFallbackUrl: undefined,
    voiceFallbackMethod: 'POST',
    voiceApplicationSid: handler === 'laml_application' ? randomUUID() : undefined,
    handler,
    // That only the address of a cXML webhook is shown without a resource is a choice of the simulator.
    handlerResourceId: handler === undefined || handler === 'laml_webhooks' ? undefined : randomUUID(),
    receiveMode: 'voice',
    earlier: [],
  };
}

/** Changes a number as a request does. @param at the time of the request (ms since 1970) */
export function updatePhoneNumber(number: PhoneNumber, at: number, changes: Partial<PhoneNumber>): void {
  number.earlier.push({ until: at, number: { ...number } });
  Object.assign(number, changes, { updatedAt: at });
}

/** What a number was like at that time (ms since 1970). Changes other than by a request are as if they had always been. */
export function phoneNumberAt(number: PhoneNumber, at: number): PhoneNumber {
  return number.earlier.find(({ until }) => at < until)?.number ?? number;
}
