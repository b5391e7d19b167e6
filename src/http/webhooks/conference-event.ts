import type { ConferenceReport, Reconciler } from '../../recording/reconciler.js';

/** The parts of a conference's status callback that we use. */
export interface ConferenceEvent extends ConferenceReport {
  /** SignalWire's name of the event; undefined if the callback has none. */
  event: string | undefined;
}

/**
 * Reports a conference's status callback to the reconciler. An unknown event is a hint, too. Source of the events' names:
 * SignalWire's cXML reference, Conference.
 */
export function reportConferenceEvent(reconciler: Reconciler, { event, ...conference }: ConferenceEvent): void {
  const { callSid } = conference;
  if (event === 'conference-end') reconciler.conferenceEnded(conference);
  else if (event === 'participant-join' && callSid) {
    reconciler.participantJoined({ ...conference, callSid });
  } else if (event === 'participant-leave' && callSid) {
    reconciler.participantLeft({ ...conference, callSid });
  } else reconciler.conferenceReported(conference);
}
