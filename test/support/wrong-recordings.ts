import type { Simulator } from '../../src/simulator/simulator.js';
import { headCount, isOver, recordingStatus } from './space-state.js';

/** Describes each conference whose recording isn't in the state that its head count asks for. */
export function wrongRecordings(simulator: Simulator): string[] {
  return simulator
    .conferences()
    .filter((conference) => conference.recordings.length > 0 && !isOver(conference))
    .filter((conference) => (recordingStatus(conference) !== 'paused') !== headCount(conference) >= 2)
    .map((conference) => `${conference.name}: ${headCount(conference)} in, ${recordingStatus(conference)}`);
}
