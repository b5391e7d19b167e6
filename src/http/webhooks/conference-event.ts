import type { Reconciler } from '../../recording/reconciler.js';

/** What a conference's status callback says, as far as it matters. */
export interface ConferenceEvent {
  /** In SignalWire's word; undefined where the callback has none. */
  event: string | undefined;
  conferenceSid: string;
  name: string | undefined;
  callSid: string | undefined;
  /** ms since 1970; undefined where there was no Timestamp that can be read. */
  happenedAt: number | undefined;
}

/**
 * Tells the reconciler what a status callback says. An event that we don't know is a hint, too. Source of the events' names:
 * SignalWire's cXML reference, Conference.
 */
export function reportConferenceEvent(
  reconciler: Reconciler,
  { event, happenedAt, ...conference }: ConferenceEvent,
): void {
  const { callSid } = conference;
  if (event === 'conference-end') reconciler.conferenceEnded(conference);
  else if (event === 'participant-join' && callSid) {
    reconciler.participantJoined({ ...conference, callSid, happenedAt });
  } else if (event === 'participant-leave' && callSid) {
    reconciler.participantLeft({ ...conference, callSid, happenedAt });
  } else reconciler.conferenceReported(conference);
}
