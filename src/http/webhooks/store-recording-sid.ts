import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { CallbackReceiver } from '../../recording/callback-receiver.js';
import { EMPTY_RESPONSE } from '../../signalwire/laml.js';
import { optionalSid, optionalText, readParameters } from './parameters.js';

// Source of the parameters: SignalWire's guide "Updating Conference Recordings", and its OpenAPI document, which doesn't list
// the ConferenceSid.
const parameters = z
  .object({
    ConferenceSid: optionalSid,
    RecordingSid: optionalSid,
    RecordingStatus: optionalText,
    RecordingUrl: optionalText,
    RecordingDuration: optionalText,
  })
  .refine((given) => given.ConferenceSid ?? given.RecordingSid, { path: ['RecordingSid'], error: 'is missing' });

/**
 * A recording began or ended. SignalWire gets its answer first, then the recording is reported (R1). A callback that names only
 * the conference is a hint to read it.
 */
export function storeRecordingSid(reconciler: CallbackReceiver, log: Logger): RequestHandler {
  return (request, response) => {
    const given = readParameters(request, parameters);
    response.type('text/xml').send(EMPTY_RESPONSE);

    const { ConferenceSid: conferenceSid, RecordingSid: recordingSid, RecordingStatus: status } = given;
    if (recordingSid) {
      const { RecordingDuration: seconds, RecordingUrl: url } = given;
      reconciler.recordingReported({ conferenceSid, recordingSid, status, seconds, url });
    } else if (conferenceSid) {
      const report = { conferenceSid, name: undefined, callSid: undefined, happenedAt: undefined };
      log.debug({ conferenceSid, conference: reconciler.nameOf(report), status }, 'recording callback');
      reconciler.conferenceReported(report);
    }
  };
}
