import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Reconciler } from '../conferences/reconciler.js';
import { EMPTY_RESPONSE } from '../signalwire/laml.js';
import { readParameters, sid, text, timestamp } from './parameters.js';
import { sendLaml } from './send-laml.js';

// Source of the parameters and of the events' names: SignalWire's cXML reference, Conference. No sequence number is
// documented, so nothing may depend on the order in which callbacks come.
const conferenceEvent = z.object({
  ConferenceSid: sid,
  FriendlyName: text.optional(),
  StatusCallbackEvent: text.optional(),
  CallSid: sid.optional(),
  Timestamp: timestamp,
});

/** Something happened in a conference: tells the reconciler, after SignalWire has its answer (R1). */
export function callback(reconciler: Reconciler, log: Logger): RequestHandler {
  return (request, response) => {
    const event = readParameters(request, conferenceEvent);
    sendLaml(response, EMPTY_RESPONSE);

    const { CallSid: callSid, Timestamp: happenedAt } = event;
    const conference = { conferenceSid: event.ConferenceSid, name: event.FriendlyName };
    const participant = callSid && { ...conference, callSid, happenedAt };
    switch (event.StatusCallbackEvent) {
      case 'participant-join':
        return participant ? reconciler.participantJoined(participant) : reconciler.conferenceChanged(conference);
      case 'participant-leave':
        return participant ? reconciler.participantLeft(participant) : reconciler.conferenceChanged(conference);
      case 'conference-start':
        return reconciler.conferenceChanged(conference);
      case 'conference-end':
        return reconciler.conferenceEnded(conference);
      default:
        log.debug({ ...conference, event: event.StatusCallbackEvent }, 'nothing to do for this event');
    }
  };
}
