/** The handler that requests a number's voice webhook. */
export const VOICE_WEBHOOK = 'laml_webhooks';

/**
 * What each kind of handler is called in SignalWire's dashboard and pages. Source of the kinds: SignalWire's OpenAPI document of its
 * own REST API, `PhoneNumberCallHandler`. That `relay_script` is a SWML script: its field `call_relay_script_url`.
 */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['relay_context', 'a Relay context'],
  ['relay_topic', 'a Relay topic'],
  ['relay_script', 'a SWML script'],
  ['relay_application', 'a Relay application'],
  ['relay_connector', 'a Relay connector'],
  ['relay_sip_endpoint', 'a SIP endpoint'],
  ['relay_verto_endpoint', 'a Verto endpoint'],
  ['laml_application', 'a cXML application'],
  ['dialogflow', 'a Dialogflow agent'],
  ['video_room', 'a video room'],
  ['call_flow', 'a call flow'],
  ['ai_agent', 'an AI agent'],
  ['fabric_subscriber', 'a subscriber'],
  ['sip_gateway', 'a SIP gateway'],
  ['call_queue', 'a queue'],
]);

/** A kind of handler in words, followed by SignalWire's own name for it. */
export function nameOfHandler(kind: string): string {
  return `${NAMES.get(kind) ?? 'something else'} (${kind})`;
}
