import { RestClient } from '@signalwire/compatibility-api';

const { VoiceResponse } = RestClient.LaML;

/** An empty LaML document, which SignalWire's page "Common webhook errors" recommends as the answer to a status callback. */
export const EMPTY_RESPONSE = new VoiceResponse().toString();

// Typed as a plain object because the SDK's types lack `failed`, which the cXML reference has.
const RECORDING_EVENTS: object = { recordingStatusCallbackEvent: ['in-progress', 'completed', 'failed'] };

/** What is spoken or played before the conference. Source: SignalWire's cXML reference, Say and Play. */
export type Announcement = { say: string; language: string | undefined } | { play: string };

export interface ConferenceOptions {
  /** What the caller hears before joining; undefined for nothing. */
  announcement: Announcement | undefined;
  /** Whether people on hold count. If so, no callback needs to say who is. */
  countHeld: boolean;
}

/**
 * LaML that puts the caller into a recorded conference whose callbacks come to this service. The recording begins with the
 * second participant. A conference keeps the callbacks of the first participant's document and ignores those of later ones.
 * Source: SignalWire's cXML reference, Conference.
 *
 * @param name the conference's name; must be valid (see rooms/names.ts)
 * @param publicUrl where SignalWire reaches this service, without a trailing slash
 * @param options what the caller hears before joining, and whether callbacks about hold are wanted
 * @throws Error if the name contains characters that XML cannot represent
 */
export function conferenceResponse(name: string, publicUrl: string, options: ConferenceOptions): string {
  const { announcement, countHeld } = options;
  const response = new VoiceResponse();
  if (announcement) announce(response, announcement);
  response.dial().conference(
    {
      record: 'record-from-start',
      startConferenceOnEnter: true,
      statusCallback: `${publicUrl}/callback`,
      statusCallbackEvent: ['start', 'end', 'join', 'leave', ...(countHeld ? [] : (['hold'] as const))],
      recordingStatusCallback: `${publicUrl}/store_recording_sid`,
      ...RECORDING_EVENTS,
      trim: 'do-not-trim',
    },
    name,
  );
  return response.toString();
}

function announce(response: InstanceType<typeof VoiceResponse>, announcement: Announcement): void {
  if ('play' in announcement) {
    response.play(announcement.play);
    return;
  }
  // Typed as a plain object because the SDK's types have fewer languages than SignalWire speaks.
  const attributes: object = { language: announcement.language };
  response.say(attributes, announcement.say);
}
