import { formatRfc2822 } from '../model/callbacks.js';
import type { PhoneNumber } from '../model/phone-number.js';
import { answeredAt, durationSeconds, endedAt, isRecordingOver, type Resource } from '../model/resources.js';
import { current } from '../model/timeline.js';
import type { CallView, ConferenceView, ParticipantView, RecordingView } from '../model/views.js';
import { ACCOUNTS_PATH } from './paging.js';

/** Returns the JSON of resources, with every field that SignalWire's OpenAPI document lists. */
export interface Representations {
  account(): object;
  call(view: CallView): object;
  conference(view: ConferenceView): object;
  participant(view: ParticipantView): object;
  /** @param parent the resource under which the recording was read; it determines the `uri` */
  recording(view: RecordingView, parent: 'account' | 'conference'): object;
  phoneNumber(number: PhoneNumber): object;
}

const API_VERSION = '2010-04-01';

/** @param now the space's clock (ms since 1970) */
export function createRepresentations(projectId: string, now: () => number): Representations {
  const base = `${ACCOUNTS_PATH}/${projectId}`;
  const startedAt = now();

  return {
    account: () => ({
      sid: projectId,
      friendly_name: 'Simulator',
      status: 'active',
      auth_token: 'redacted',
      date_created: formatRfc2822(startedAt),
      date_updated: formatRfc2822(startedAt),
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

    call: ({ call, status }) => {
      // A lagging view must not show what happened later.
      const start = ['queued', 'ringing'].includes(status) ? undefined : answeredAt(call);
      const end = ['queued', 'ringing', 'in-progress'].includes(status) ? undefined : endedAt(call);
      return {
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
        status,
        start_time: formatOrNull(start),
        end_time: formatOrNull(end),
        duration: start === undefined || end === undefined ? 0 : Math.round((end - start) / 1000),
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
      };
    },

    conference: ({ conference, status }) => ({
      sid: conference.sid,
      account_sid: projectId,
      ...dates(conference),
      friendly_name: conference.name,
      status,
      api_version: API_VERSION,
      region: 'us1',
      uri: `${base}/Conferences/${conference.sid}.json`,
      subresource_uris: {
        participants: `${base}/Conferences/${conference.sid}/Participants.json`,
        recordings: `${base}/Conferences/${conference.sid}/Recordings.json`,
      },
    }),

    participant: ({ participant, conference, status, hold }) => ({
      account_sid: projectId,
      call_sid: participant.call.sid,
      call_sid_to_coach: participant.laml.coach ?? null,
      coaching: participant.laml.coach !== undefined,
      conference_sid: conference.sid,
      ...dates(participant),
      // JSON omits it if it is undefined.
      status,
      end_conference_on_exit: participant.laml.endConferenceOnExit,
      muted: participant.muted,
      hold,
      start_conference_on_enter: participant.laml.startConferenceOnEnter,
      uri: `${base}/Conferences/${conference.sid}/Participants/${participant.call.sid}.json`,
    }),

    recording: ({ recording, conference, status }, parent) => ({
      sid: recording.sid,
      account_sid: projectId,
      api_version: API_VERSION,
      call_sid: null,
      conference_sid: conference.sid,
      channel: '1',
      channels: '1',
      ...dates(recording),
      start_time: formatRfc2822(recording.createdAt),
      // A lagging view of a recording that is over may show it as running.
      end_time: formatOrNull(
        isRecordingOver(recording) && status === current(recording.status) ? recording.status.at(-1)?.at : undefined,
      ),
      duration: durationSeconds(recording, now()),
      price: null,
      price_unit: 'USD',
      source: 'Conference',
      status,
      error_code: null,
      uri: `${base}${parent === 'conference' ? `/Conferences/${conference.sid}` : ''}/Recordings/${recording.sid}.json`,
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
      voice_fallback_method: number.voiceFallbackMethod,
      voice_fallback_url: number.voiceFallbackUrl ?? null,
      voice_method: number.voiceMethod,
      voice_url: number.voiceUrl ?? null,
    }),
  };
}

function dates({ createdAt, updatedAt }: Resource): { date_created: string; date_updated: string } {
  return { date_created: formatRfc2822(createdAt), date_updated: formatRfc2822(updatedAt) };
}

function formatOrNull(ms: number | undefined): string | null {
  return ms === undefined ? null : formatRfc2822(ms);
}
