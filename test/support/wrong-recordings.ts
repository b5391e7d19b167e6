import type { Simulator } from '../../src/simulator/simulator.js';
import { headCount, isOver, recordingStatus } from './space-state.js';

/** The conferences whose recording doesn't do what their head count asks for, each in a few words. */
export function wrong(simulator: Simulator): string[] {
  return simulator
    .conferences()
    .filter((conference) => conference.recordings.length > 0 && !isOver(conference))
    .filter((conference) => (recordingStatus(conference) !== 'paused') !== headCount(conference) >= 2)
    .map((conference) => `${conference.name}: ${headCount(conference)} in, ${recordingStatus(conference)}`);
}
