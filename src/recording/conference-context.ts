import type { Announce } from '../recorder-events.js';
import type { OpenRoom } from '../rooms/open-room.js';
import type { ConferenceSpace } from '../signalwire/space.js';
import type { Durations } from './durations.js';
import type { UrgencyQueue } from './pass-queue.js';

/** What all conferences of a process share. */
export interface Surroundings {
  space: ConferenceSpace;
  /** Who was sent to the room of those who ask for none, and is told of those who leave. */
  openRoom: Pick<OpenRoom, 'callersOf' | 'left'>;
  queue: UrgencyQueue;
  announce: Announce;
  durations: Durations;
  /** The recording runs while at least this many people are in. */
  minParticipants: number;
  /** Milliseconds from one read of a conference to the next; 0 reads only what callbacks ask for. */
  resyncIntervalMs: number;
  /** From 0 up to, and without, 1. */
  random: () => number;
  /** While stopping, only what was asked for is finished. */
  isStopping(): boolean;
}
