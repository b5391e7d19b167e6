import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Reconciler } from '../conferences/reconciler.js';
import { EMPTY_RESPONSE } from '../signalwire/laml.js';
import { readParameters, sid, text } from './parameters.js';
import { sendLaml } from './send-laml.js';

// Source of the parameters: SignalWire's guide "Updating Conference Recordings" and its OpenAPI document, which doesn't
// list the ConferenceSid. A callback without one is refused, and does no harm: a look finds the recording, too.
const recordingEvent = z.object({
  ConferenceSid: sid,
  RecordingSid: sid,
  RecordingStatus: text.optional(),
  RecordingUrl: text.optional(),
  RecordingDuration: text.optional(),
});

/** A conference's recording began or ended: tells the reconciler, after SignalWire has its answer (R1). */
export function storeRecordingSid(reconciler: Reconciler, log: Logger): RequestHandler {
  return (request, response) => {
    const event = readParameters(request, recordingEvent);
    const recording = { conferenceSid: event.ConferenceSid, recordingSid: event.RecordingSid };
    sendLaml(response, EMPTY_RESPONSE);

    switch (event.RecordingStatus) {
      case 'in-progress':
        return reconciler.recordingStarted(recording.conferenceSid, recording.recordingSid);
      case 'completed':
        log.info({ ...recording, seconds: event.RecordingDuration, url: event.RecordingUrl }, 'recording completed');
        return reconciler.recordingEnded(recording.conferenceSid);
      case 'absent':
      case 'failed':
        log.warn({ ...recording, status: event.RecordingStatus }, 'recording ended without audio');
        return reconciler.recordingEnded(recording.conferenceSid);
      default:
        log.debug({ ...recording, status: event.RecordingStatus }, 'nothing to do for this recording status');
    }
  };
}
