import type { ObservedState, PauseBehavior, RecordingState } from '../signalwire/space.js';

/** How a conference's recording follows the number of people in it. */
export interface RecordingPolicy {
  /** The recording runs while at least this many people are in the conference. */
  minParticipants: number;
  /** What a pause leaves in the recording. */
  pauseBehavior: PauseBehavior;
  /** Whether people count who are held, that is, on hold or only coaching. */
  countHeld: boolean;
}

/** The policy of a conference, by its name; the name is undefined until it is known. */
export type PolicyFor = (conferenceName: string | undefined) => RecordingPolicy;

/** One policy for every conference. */
export function createPolicyFor({ minParticipants, pauseBehavior, countHeld }: RecordingPolicy): PolicyFor {
  const policy = { minParticipants, pauseBehavior, countHeld };
  return () => policy;
}

/** The state that a recording should be in with this many people in the conference. */
export function desiredState(people: number, { minParticipants }: RecordingPolicy): RecordingState {
  return people >= minParticipants ? 'in-progress' : 'paused';
}

/** Whether a recording that reads so is as desired. One that has ended is as good as paused. */
export function isAsDesired(desired: RecordingState, observed: ObservedState): boolean {
  return observed === desired || (observed === 'over' && desired === 'paused');
}
