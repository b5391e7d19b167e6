import { bytesOf, type Call, type Conference, type Participant, type Recording, secondsOf } from './resources.js';
import { current } from './timeline.js';
import type { Traits } from './traits.js';

/** A request that SignalWire makes of an application. */
export interface Webhook {
  url: string;
  method: 'GET' | 'POST';
  parameters: Record<string, string>;
}

/** What happens in a conference that its status callback tells of. */
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

// A document asks for `mute` and `hold`, and is told of their ends as well. Source: SignalWire's cXML reference.
const ASKED_AS: Partial<Record<ConferenceEvent, string>> = { unmute: 'mute', unhold: 'hold' };

/** How far the clock of a space with the trait `timestamp: local` is ahead. */
const LOCAL_MS = 2 * 3600 * 1000;

/**
 * The status callback of a conference, with every parameter that SignalWire's cXML reference lists, but for those that the
 * space's traits leave out.
 *
 * @param about the AccountSid; the time, in ms since 1970; where a recording is had
 * @returns undefined where the document of the first person in doesn't ask for it
 */
export function conferenceCallback(
  about: { projectId: string; traits: Traits; now: number; recordingUrl: (recordingSid: string) => string },
  conference: Conference,
  event: ConferenceEvent,
  { call, muted, hold, instruction }: Participant,
): Webhook | undefined {
  const { projectId, traits, now, recordingUrl } = about;
  const { statusCallback, statusCallbackEvent, statusCallbackMethod } = conference.instruction;
  if (!statusCallback || !statusCallbackEvent.includes(ASKED_AS[event] ?? event)) return undefined;
  const { CallSid, ...ofCall } = callParameters(call, projectId);
  const name = nameOf(event, traits);
  const timestamp = timestampOf(now, traits);
  // Which events tell of the recording isn't documented; that only the end does is assumed.
  const recording = event === 'end' ? conference.recordings[0] : undefined;
  const parameters = {
    ...ofCall,
    ...(traits.callSid && CallSid && { CallSid: shown(CallSid, traits) }),
    ConferenceSid: shown(conference.sid, traits),
    ...(traits.friendlyName && { FriendlyName: conference.name }),
    StatusCallbackEvent: name,
    EventName: name,
    ...(timestamp !== undefined && { Timestamp: timestamp }),
    Muted: String(muted),
    Hold: String(hold),
    StartConferenceOnEnter: String(instruction.startConferenceOnEnter),
    EndConferenceOnExit: String(instruction.endConferenceOnExit),
    Duration: String(Math.floor((now - conference.createdAt) / 1000)),
    ...(recording && {
      RecordingUrl: recordingUrl(recording.sid),
      RecordingFileSize: String(bytesOf(recording, now)),
    }),
  };
  return { url: statusCallback, method: statusCallbackMethod, parameters };
}

/**
 * The status callback of a conference's recording. Source: SignalWire's guide "Updating Conference Recordings" for
 * ConferenceSid, and its OpenAPI document for the rest.
 *
 * @param recordingUrl where the recording is had
 * @returns undefined where the document of the first person in doesn't ask for it
 */
export function recordingCallback(
  { projectId, traits, now }: { projectId: string; traits: Traits; now: number },
  conference: Conference,
  recording: Recording,
  call: Call,
  recordingUrl: string,
): Webhook | undefined {
  const { recordingStatusCallback, recordingStatusCallbackEvent, recordingStatusCallbackMethod } =
    conference.instruction;
  const status = current(recording.status);
  if (!recordingStatusCallback || !recordingStatusCallbackEvent.includes(status)) return undefined;
  const parameters = {
    AccountSid: projectId,
    CallSid: traits.callSid ? shown(call.sid, traits) : '',
    ...(traits.recordingConferenceSid && { ConferenceSid: shown(conference.sid, traits) }),
    RecordingSid: shown(recording.sid, traits),
    RecordingStatus: status,
    RecordingUrl: recordingUrl,
    RecordingDuration: String(secondsOf(recording, now)),
    RecordingChannels: '1',
    RecordingSource: 'Conference',
  };
  return { url: recordingStatusCallback, method: recordingStatusCallbackMethod, parameters };
}

/** The parameters that every webhook of a call has. Source: SignalWire's cXML reference. */
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

/** A time as SignalWire writes it, in whole seconds: `Wed, 30 Aug 2023 17:12:03 +0000`. */
export function rfc2822(ms: number): string {
  return new Date(ms).toUTCString().replace('GMT', '+0000');
}

function nameOf(event: ConferenceEvent, { eventNames }: Traits): string {
  if (eventNames === 'short') return event;
  const name = EVENT_NAMES[event];
  return eventNames === 'underscored' ? name.replaceAll('-', '_') : name;
}

function timestampOf(now: number, { timestamp }: Traits): string | undefined {
  if (timestamp === 'absent') return undefined;
  if (timestamp === 'iso') return `${new Date(now).toISOString().slice(0, 19)}Z`;
  if (timestamp === 'local') return rfc2822(now + LOCAL_MS).replace(' +0000', '');
  return rfc2822(now);
}

function shown(sid: string, { sids }: Traits): string {
  return sids === 'capitals' ? sid.toUpperCase() : sid;
}
