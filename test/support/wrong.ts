import type { Simulator } from '../../src/simulator/simulator.js';
import { recordingStatus } from './service-beside-simulator.js';

/** The conferences whose recording doesn't do what their head count asks for, each in a few words. */
export function wrong(simulator: Simulator): string[] {
  return simulator
    .conferences()
    .filter((conference) => conference.status === 'in-progress')
    .filter((conference) => (recordingStatus(conference) !== 'paused') !== conference.participants.size >= 2)
    .map(({ name, participants, recordings }) => `${name}: ${participants.size} in, ${recordings[0]?.status}`);
}
