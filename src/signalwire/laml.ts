import { RestClient } from '@signalwire/compatibility-api';

const { VoiceResponse } = RestClient.LaML;

/** An empty LaML document: the answer to a status callback that SignalWire's page "Common webhook errors" advises. */
export const EMPTY_RESPONSE = new VoiceResponse().toString();

/**
 * LaML that puts the caller into a recorded conference whose events come back to us.
 *
 * @param name the conference's name, checked before (see conferences/name.ts)
 * @param publicUrl where SignalWire reaches this service
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
      recordingStatusCallbackEvent: ['in-progress', 'completed'],
      trim: 'do-not-trim',
    },
    name,
  );
  return response.toString();
}
