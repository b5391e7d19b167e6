import type { Emit } from '../recorder-events.js';
import type { OpenRoom } from '../rooms/open-room.js';
import type { ConferenceSpace } from '../signalwire/space.js';
import type { Durations } from './durations.js';
import type { PassQueue } from './pass-queue.js';
import type { PolicyFor } from './recording-policy.js';
import type { Sharing } from './sharing.js';

/** What all conferences of a process share. */
export interface ConferenceContext {
  space: ConferenceSpace;
  /** Knows who was sent to the open room, and learns who left. */
  openRoom: Pick<OpenRoom, 'callersOf' | 'callerLeft'>;
  queue: PassQueue;
  emit: Emit;
  durations: Durations;
  policyFor: PolicyFor;
  /** How the conferences are shared with other copies of the service. */
  sharing: Sharing;
  /** Milliseconds from one read of a conference to the next; 0 reads only after callbacks. */
  resyncIntervalMs: number;
  /** Returns a number from 0 up to, but not including, 1. */
  random: () => number;
  /** During a stop, work in progress is finished, and no new deadlines are set. */
  isStopping(): boolean;
}
