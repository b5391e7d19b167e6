import type { PhoneNumber } from '../../model/phone-number.js';

/**
 * The JSON of a number in SignalWire's own REST API, with every field that its OpenAPI document lists. That `id` is the number's
 * SID in the compatibility API is assumed. What a handler other than a voice webhook or an application would name isn't simulated.
 */
export function representNumber(number: PhoneNumber): object {
  return {
    id: number.sid,
    number: number.phoneNumber,
    name: null,
    capabilities: ['voice', 'sms', 'mms', 'fax'],
    number_type: 'longcode',
    e911_address_id: null,
    e911_status: null,
    created_at: new Date(number.createdAt).toISOString(),
    updated_at: new Date(number.updatedAt).toISOString(),
    next_billed_at: null,
    call_handler: number.handler ?? null,
    calling_handler_resource_id: number.handlerResourceId ?? null,
    call_receive_mode: number.receiveMode,
    call_request_url: number.voiceUrl ?? null,
    call_request_method: number.voiceMethod,
    call_fallback_url: number.voiceFallbackUrl ?? null,
    call_fallback_method: number.voiceFallbackMethod,
    call_status_callback_url: null,
    call_status_callback_method: 'POST',
    call_laml_application_id: number.voiceApplicationSid ?? null,
    call_dialogflow_agent_id: null,
    call_relay_topic: null,
    call_relay_topic_status_callback_url: null,
    call_relay_script_url: null,
    call_relay_context: null,
    call_relay_context_status_callback_url: null,
    call_relay_application: null,
    call_relay_connector_id: null,
    call_sip_endpoint_id: null,
    call_verto_resource: null,
    call_video_room_id: null,
    message_handler: null,
    messaging_handler_resource_id: null,
    message_request_url: null,
    message_request_method: null,
    message_fallback_url: null,
    message_fallback_method: null,
    message_laml_application_id: null,
    message_relay_topic: null,
    message_relay_context: null,
    country_code: 'US',
  };
}
