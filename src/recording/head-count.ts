import type { Participant } from '../signalwire/space.js';
import type { People } from './people.js';

/**
 * Who is in the conference, by SignalWire's list.
 *
 * @param countHeld whether people count who are held, that is, on hold or only coaching
 */
export function headCount(participants: readonly Participant[], countHeld: boolean): People {
  const people: People = { counted: new Set(), held: new Set() };
  for (const participant of participants) {
    if (!isIn(participant)) continue;
    const isCounted = countHeld || !(participant.hold || participant.coaching);
    (isCounted ? people.counted : people.held).add(participant.callSid.toLowerCase());
  }
  return people;
}

/**
 * So is one without a status, or with one that we don't know: recording too much costs less than recording too little.
 */
function isIn({ status }: Participant): boolean {
  return status !== 'completed';
}
