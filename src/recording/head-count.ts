import type { Participant } from '../signalwire/space.js';

/**
 * Whether a participant on SignalWire's list counts. People who are on hold, muted or coaching do. So does a participant without
 * a status, or with one that we don't know: recording too much costs less than recording too little.
 */
export function isCounted({ status }: Participant): boolean {
  return status !== 'completed';
}
