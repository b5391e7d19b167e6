import { RestClient } from '@signalwire/compatibility-api';

const { VoiceResponse } = RestClient.LaML;

/** An empty LaML document, which SignalWire's page "Common webhook errors" recommends as the answer to a status callback. */
export const EMPTY_RESPONSE = new VoiceResponse().toString();

// Typed as a plain object because the SDK's types lack `failed`, which the cXML reference has.
const RECORDING_EVENTS: object = { recordingStatusCallbackEvent: ['in-progress', 'completed', 'failed'] };

/**
 * LaML that puts the caller into a recorded conference whose callbacks come to this service. The recording begins with the
 * second participant. A conference keeps the callbacks of the first participant's document and ignores those of later ones.
 * Source: SignalWire's cXML reference, Conference.
 *
 * @param name the conference's name; must be valid (see rooms/names.ts)
 * @param publicUrl where SignalWire reaches this service, without a trailing slash
 * @throws Error if the name contains characters that XML cannot represent
 */
export function conferenceResponse(name: string, publicUrl: string): string {
  const response = new VoiceResponse();
  response.dial().conference(
    {
      record: 'record-from-start',
      startConferenceOnEnter: true,
      statusCallback: `${publicUrl}/callback`,
      statusCallbackEvent: ['start', 'end', 'join', 'leave'],
      recordingStatusCallback: `${publicUrl}/store_recording_sid`,
      ...RECORDING_EVENTS,
      trim: 'do-not-trim',
    },
    name,
  );
  return response.toString();
}
