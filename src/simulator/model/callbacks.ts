import {
  type Call,
  type Conference,
  durationSeconds,
  fileBytes,
  type Participant,
  type Recording,
} from './resources.js';
import { current } from './timeline.js';
import type { Traits } from './traits.js';

/** A request that SignalWire sends to an application. */
export interface Webhook {
  url: string;
  method: 'GET' | 'POST';
  parameters: Record<string, string>;
}

/** The events of a conference that a status callback can report. */
export type ConferenceEvent = 'start' | 'end' | 'join' | 'leave' | 'mute' | 'unmute' | 'hold' | 'unhold';

const EVENT_NAMES: Record<ConferenceEvent, string> = {
  start: 'conference-start',
  end: 'conference-end',
  join: 'participant-join',
  leave: 'participant-leave',
  mute: 'participant-mute',
  unmute: 'participant-unmute',
  hold: 'participant-hold',
  unhold: 'participant-unhold',
};

// LaML that lists `mute` or `hold` in statusCallbackEvent gets `unmute` or `unhold` as well. Source: SignalWire's cXML reference.
const LISTED_AS: Partial<Record<ConferenceEvent, string>> = { unmute: 'mute', unhold: 'hold' };

/** How far the clock is ahead of UTC in a space with the trait `timestamp: local`. */
const LOCAL_OFFSET_MS = 2 * 3600 * 1000;

/** What a callback depends on besides its conference. */
export interface CallbackContext {
  projectId: string;
  traits: Traits;
  /** ms since 1970. */
  now: number;
  /** Returns the URL of a recording. */
  recordingUrl(recordingSid: string): string;
}

/**
 * The status callback of a conference. It has every parameter that SignalWire's cXML reference lists, except those that the
 * space's traits omit.
 *
 * @returns undefined if the LaML of the first participant doesn't ask for it
 */
export function conferenceCallback(
  { projectId, traits, now, recordingUrl }: CallbackContext,
  conference: Conference,
  event: ConferenceEvent,
  { call, muted, hold, laml }: Participant,
): Webhook | undefined {
  const { statusCallback, statusCallbackEvent, statusCallbackMethod } = conference.laml;
  if (!statusCallback || !statusCallbackEvent.includes(LISTED_AS[event] ?? event)) return undefined;
  const { CallSid, ...otherCallParameters } = callParameters(call, projectId);
  const eventName = formatEventName(event, traits);
  const timestamp = formatTimestamp(now, traits);
  // It isn't documented which events bring the recording's URL and size; that only `end` does is assumed.
  const recording = event === 'end' ? conference.recordings[0] : undefined;
  const parameters = {
    ...otherCallParameters,
    ...(traits.callSid && CallSid && { CallSid: formatSid(CallSid, traits) }),
    ConferenceSid: formatSid(conference.sid, traits),
    ...(traits.friendlyName && { FriendlyName: conference.name }),
    StatusCallbackEvent: eventName,
    EventName: eventName,
    ...(timestamp !== undefined && { Timestamp: timestamp }),
    Muted: String(muted),
    Hold: String(current(hold)),
    StartConferenceOnEnter: String(laml.startConferenceOnEnter),
    EndConferenceOnExit: String(laml.endConferenceOnExit),
    Duration: String(Math.floor((now - conference.createdAt) / 1000)),
    ...(recording && {
      RecordingUrl: recordingUrl(recording.sid),
      RecordingFileSize: String(fileBytes(recording, now)),
    }),
  };
  return { url: statusCallback, method: statusCallbackMethod, parameters };
}

/**
 * The status callback of a conference's recording. Source: SignalWire's guide "Updating Conference Recordings" for
 * ConferenceSid, its OpenAPI document for the other parameters.
 *
 * @returns undefined if the LaML of the first participant doesn't ask for it
 */
export function recordingCallback(
  { projectId, traits, now, recordingUrl }: CallbackContext,
  conference: Conference,
  recording: Recording,
  call: Call,
): Webhook | undefined {
  const { recordingStatusCallback, recordingStatusCallbackEvent, recordingStatusCallbackMethod } = conference.laml;
  const status = current(recording.status);
  if (!recordingStatusCallback || !recordingStatusCallbackEvent.includes(status)) return undefined;
  const parameters = {
    AccountSid: projectId,
    CallSid: traits.callSid ? formatSid(call.sid, traits) : '',
    ...(traits.recordingConferenceSid && { ConferenceSid: formatSid(conference.sid, traits) }),
    RecordingSid: formatSid(recording.sid, traits),
    RecordingStatus: status,
    RecordingUrl: recordingUrl(recording.sid),
    RecordingDuration: String(durationSeconds(recording, now)),
    RecordingChannels: '1',
    RecordingSource: 'Conference',
  };
  return { url: recordingStatusCallback, method: recordingStatusCallbackMethod, parameters };
}

/** The parameters that every webhook about a call has. Source: SignalWire's cXML reference. */
export function callParameters(call: Call, projectId: string): Record<string, string> {
  return {
    CallSid: call.sid,
    AccountSid: projectId,
    ApiVersion: '2010-04-01',
    From: call.from,
    To: call.to,
    CallStatus: current(call.status),
    Direction: call.direction,
  };
}

/** A time (ms since 1970) in SignalWire's form, in whole seconds: `Wed, 30 Aug 2023 17:12:03 +0000`. */
export function formatRfc2822(ms: number): string {
  return new Date(ms).toUTCString().replace('GMT', '+0000');
}

function formatEventName(event: ConferenceEvent, { eventNames }: Traits): string {
  if (eventNames === 'short') return event;
  const name = EVENT_NAMES[event];
  return eventNames === 'underscored' ? name.replaceAll('-', '_') : name;
}

function formatTimestamp(now: number, { timestamp }: Traits): string | undefined {
  if (timestamp === 'absent') return undefined;
  if (timestamp === 'iso') return `${new Date(now).toISOString().slice(0, 19)}Z`;
  if (timestamp === 'local') return formatRfc2822(now + LOCAL_OFFSET_MS).replace(' +0000', '');
  return formatRfc2822(now);
}

function formatSid(sid: string, { sids }: Traits): string {
  return sids === 'capitals' ? sid.toUpperCase() : sid;
}
