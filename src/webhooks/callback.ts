import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Reconciler } from '../recording/reconciler.js';
import { EMPTY_RESPONSE } from '../signalwire/laml.js';
import { optionalSid, optionalText, readParameters, sid, timestamp } from './parameters.js';

// Source of the parameters and of the events' names: SignalWire's cXML reference, Conference. No sequence number is
// documented, so nothing may depend on the order in which callbacks come. Only the conference's SID is sure to be there.
const conferenceEvent = z.object({
  ConferenceSid: sid,
  FriendlyName: optionalText,
  StatusCallbackEvent: optionalText,
  EventName: optionalText,
  CallSid: optionalSid,
  Timestamp: timestamp,
});

/**
 * Something happened in a conference: tells the reconciler, after SignalWire has its answer (R1). An event that we don't know
 * is a hint, too.
 */
export function callback(reconciler: Reconciler, log: Logger): RequestHandler {
  return (request, response) => {
    const { CallSid: callSid, Timestamp: happenedAt, ...given } = readParameters(request, conferenceEvent);
    response.type('text/xml').send(EMPTY_RESPONSE);

    const event = given.StatusCallbackEvent ?? given.EventName;
    const conference = { conferenceSid: given.ConferenceSid, name: given.FriendlyName, callSid };
    log.debug({ ...conference, event }, 'conference callback');
    if (event === 'conference-end') reconciler.conferenceEnded(conference);
    else if (event === 'participant-join' && callSid) {
      reconciler.participantJoined({ ...conference, callSid, happenedAt });
    } else if (event === 'participant-leave' && callSid) {
      reconciler.participantLeft({ ...conference, callSid, happenedAt });
    } else reconciler.conferenceReported(conference);
  };
}
