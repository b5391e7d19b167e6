import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { CallbackReceiver } from '../../recording/callback-receiver.js';
import { EMPTY_RESPONSE } from '../../signalwire/laml.js';
import { reportConferenceEvent } from './conference-event.js';
import { optionalSid, optionalText, readParameters, sid, timestamp } from './parameters.js';

// Source of the parameters: SignalWire's cXML reference, Conference. It documents no sequence number, so nothing may depend on
// the order of callbacks. Only the ConferenceSid is required.
const parameters = z.object({
  ConferenceSid: sid,
  FriendlyName: optionalText,
  StatusCallbackEvent: optionalText,
  EventName: optionalText,
  CallSid: optionalSid,
  Timestamp: timestamp,
});

/** Something happened in a conference. SignalWire gets its answer first, then the event is reported (R1). */
export function callback(reconciler: CallbackReceiver, log: Logger): RequestHandler {
  return (request, response) => {
    const given = readParameters(request, parameters);
    response.type('text/xml').send(EMPTY_RESPONSE);

    const { ConferenceSid: conferenceSid, FriendlyName: name, CallSid: callSid, Timestamp: happenedAt } = given;
    const report = { conferenceSid, name, callSid, happenedAt };
    const event = given.StatusCallbackEvent ?? given.EventName;
    log.debug({ conferenceSid, conference: reconciler.nameOf(report), callSid, event }, 'conference callback');
    reportConferenceEvent(reconciler, { ...report, event });
  };
}
