import { durationOf, rfc2822 } from './conferences.js';
import type { Call, Conference, Participant, PhoneNumber, Recording, Resource } from './model.js';

/** Resources as the REST API shows them, with every field that SignalWire's OpenAPI document lists. */
export interface Resources {
  account(): object;
  call(call: Call): object;
  conference(conference: Conference): object;
  participant(participant: Participant, conference: Conference): object;
  recording(recording: Recording, conference: Conference): object;
  phoneNumber(number: PhoneNumber): object;
}

const API_VERSION = '2010-04-01';

/** @param startedAt when the project says that it came into being */
export function createResources(projectId: string, startedAt: Date): Resources {
  const base = `/api/laml/${API_VERSION}/Accounts/${projectId}`;

  return {
    account: () => ({
      sid: projectId,
      friendly_name: 'Simulator',
      status: 'active',
      auth_token: 'redacted',
      date_created: rfc2822(startedAt),
      date_updated: rfc2822(startedAt),
      type: 'Full',
      owner_account_sid: projectId,
      region_preference: 'us-east',
      uri: base,
      subproject: false,
      signing_key: null,
      subresource_uris: {
        addresses: null,
        available_phone_numbers: `${base}/AvailablePhoneNumbers`,
        applications: `${base}/Applications`,
        authorized_connect_apps: null,
        calls: `${base}/Calls`,
        conferences: `${base}/Conferences`,
        connect_apps: null,
        incoming_phone_numbers: `${base}/IncomingPhoneNumbers`,
        keys: null,
        notifications: null,
        outgoing_caller_ids: null,
        queues: `${base}/Queues`,
        recordings: `${base}/Recordings`,
        sandbox: null,
        sip: null,
        short_codes: null,
        messages: `${base}/Messages`,
        transcriptions: `${base}/Transcriptions`,
        usage: null,
      },
    }),

    call: (call) => ({
      sid: call.sid,
      account_sid: projectId,
      ...dates(call),
      parent_call_sid: null,
      to: call.to,
      formatted_to: call.to,
      to_formatted: call.to,
      from: call.from,
      formatted_from: call.from,
      from_formatted: call.from,
      phone_number_sid: null,
      status: call.status,
      start_time: call.startedAt ? rfc2822(call.startedAt) : null,
      end_time: call.endedAt ? rfc2822(call.endedAt) : null,
      duration: secondsBetween(call.startedAt, call.endedAt),
      price: null,
      price_unit: 'USD',
      direction: call.direction === 'inbound' ? 'inbound' : 'outbound',
      answered_by: null,
      api_version: API_VERSION,
      forwarded_from: null,
      caller_name: null,
      uri: `${base}/Calls/${call.sid}.json`,
      subresource_uris: { notifications: null, recordings: `${base}/Calls/${call.sid}/Recordings.json` },
      annotation: null,
      group_sid: null,
      audio_in_mos: null,
      sip_result_code: null,
      audio_rtt_avg: null,
      audio_rtt_min: null,
      audio_rtt_max: null,
      audio_out_jitter_min: null,
      audio_out_jitter_max: null,
      audio_out_jitter_avg: null,
      audio_out_lost: null,
    }),

    conference: (conference) => ({
      sid: conference.sid,
      account_sid: projectId,
      ...dates(conference),
      friendly_name: conference.name,
      status: conference.status,
      api_version: API_VERSION,
      region: 'us1',
      uri: `${base}/Conferences/${conference.sid}.json`,
      subresource_uris: {
        participants: `${base}/Conferences/${conference.sid}/Participants.json`,
        recordings: `${base}/Conferences/${conference.sid}/Recordings.json`,
      },
    }),

    participant: ({ call, instruction, ...participant }, conference) => ({
      account_sid: projectId,
      call_sid: call.sid,
      call_sid_to_coach: instruction.coach ?? null,
      coaching: instruction.coach !== undefined,
      conference_sid: conference.sid,
      ...dates(participant),
      status: call.status === 'in-progress' ? 'in-progress' : 'completed',
      end_conference_on_exit: instruction.endConferenceOnExit,
      muted: instruction.muted,
      hold: false,
      start_conference_on_enter: instruction.startConferenceOnEnter,
      uri: `${base}/Conferences/${conference.sid}/Participants/${call.sid}.json`,
    }),

    recording: (recording, conference) => ({
      sid: recording.sid,
      account_sid: projectId,
      api_version: API_VERSION,
      call_sid: null,
      conference_sid: conference.sid,
      channel: '1',
      channels: '1',
      ...dates(recording),
      start_time: rfc2822(recording.createdAt),
      end_time: recording.endedAt ? rfc2822(recording.endedAt) : null,
      duration: durationOf(recording),
      price: null,
      price_unit: 'USD',
      source: 'Conference',
      status: recording.status,
      error_code: null,
      uri: `${base}/Conferences/${conference.sid}/Recordings/${recording.sid}.json`,
      subresource_uris: { transcriptions: `${base}/Recordings/${recording.sid}/Transcriptions.json` },
      encryption_details: null,
      trim: recording.trim,
    }),

    phoneNumber: (number) => ({
      account_id: projectId,
      account_sid: projectId,
      address_requirements: 'none',
      address_sid: null,
      api_version: API_VERSION,
      beta: false,
      capabilities: { voice: true, sms: true, mms: true, fax: true },
      country_code: 'US',
      ...dates(number),
      emergency_address_sid: null,
      emergency_status: 'Inactive',
      friendly_name: number.phoneNumber,
      identity_sid: null,
      origin: 'signalwire',
      phone_number: number.phoneNumber,
      sid: number.sid,
      sms_application_sid: null,
      sms_fallback_method: 'POST',
      sms_fallback_url: null,
      sms_method: 'POST',
      sms_url: null,
      status_callback: null,
      status_callback_method: 'POST',
      trunk_sid: null,
      uri: `${base}/IncomingPhoneNumbers/${number.sid}.json`,
      voice_application_sid: number.voiceApplicationSid ?? null,
      voice_caller_id_lookup: null,
      voice_fallback_method: 'POST',
      voice_fallback_url: null,
      voice_method: number.voiceMethod,
      voice_url: number.voiceUrl ?? null,
    }),
  };
}

function dates({ createdAt, updatedAt }: Pick<Resource, 'createdAt' | 'updatedAt'>) {
  return { date_created: rfc2822(createdAt), date_updated: rfc2822(updatedAt) };
}

function secondsBetween(from: Date | undefined, to: Date | undefined): number {
  return from && to ? Math.round((to.getTime() - from.getTime()) / 1000) : 0;
}
