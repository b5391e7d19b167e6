import type { Participant } from '../signalwire/space.js';

/**
 * Whether a participant on SignalWire's list is in the conference. So is one without a status, or with one that we don't know:
 * recording too much costs less than recording too little.
 */
export function isIn({ status }: Participant): boolean {
  return status !== 'completed';
}

/** Whether a participant is in the conference and takes part in the conversation: neither on hold nor only coaching. */
export function isTakingPart(participant: Participant): boolean {
  return isIn(participant) && !participant.hold && !participant.coaching;
}
