import { RestClient } from '@signalwire/compatibility-api';

const { VoiceResponse } = RestClient.LaML;

/** An empty LaML document: the answer to a status callback that SignalWire's page "Common webhook errors" advises. */
export const EMPTY_RESPONSE = new VoiceResponse().toString();

// An object without known members, as the SDK's types follow another document than the cXML reference and lack `failed`.
const RECORDING_EVENTS: object = { recordingStatusCallbackEvent: ['in-progress', 'completed', 'failed'] };

/**
 * LaML that puts the caller into a recorded conference whose events come back to us. The recording begins with the second
 * person in, and a conference keeps the callbacks and events that the first person's document names. Source: SignalWire's
 * cXML reference, Conference.
 *
 * @param name the conference's name, checked before (see rooms/names.ts)
 * @param publicUrl where SignalWire reaches this service, without a slash at the end
 * @throws Error when the name holds characters that XML can't carry
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
