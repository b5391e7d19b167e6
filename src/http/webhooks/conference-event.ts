import type { CallbackReceiver, ConferenceReport } from '../../recording/callback-receiver.js';
import type { Change } from '../../recording/people.js';

/** The parts of a conference's status callback that we use. */
export interface ConferenceEvent extends ConferenceReport {
  /** SignalWire's name of the event; undefined if the callback has none. */
  event: string | undefined;
}

const CHANGES = new Map<string, Change>([
  ['participant-join', 'join'],
  ['participant-leave', 'leave'],
  ['participant-hold', 'hold'],
  ['participant-unhold', 'unhold'],
]);

/**
 * Reports a conference's status callback to the reconciler. An unknown event is a hint, too. Source of the events' names:
 * SignalWire's cXML reference, Conference.
 */
export function reportConferenceEvent(reconciler: CallbackReceiver, { event, ...conference }: ConferenceEvent): void {
  const { callSid } = conference;
  const change = CHANGES.get(event ?? '');
  if (event === 'conference-end') reconciler.conferenceEnded(conference);
  else if (change && callSid) reconciler.participantChanged({ ...conference, callSid, change });
  else reconciler.conferenceReported(conference);
}
