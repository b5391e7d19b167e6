import {
  activeParticipants,
  type Conference,
  documentedStatus,
  type Recording,
  type RecordingStatus,
} from '../../src/simulator/model/resources.js';
import { appendValue, current } from '../../src/simulator/model/timeline.js';
import type { Simulator } from '../../src/simulator/simulator.js';

/** How many are in. */
export function headCount(conference: Conference): number {
  return activeParticipants(conference).length;
}

/** The SIDs of the calls that are in, in the order in which they came. */
export function callSidsIn(conference: Conference): string[] {
  return activeParticipants(conference).map(({ call }) => call.sid);
}

export function isOver({ status }: Conference): boolean {
  return current(status) === 'completed';
}

/** What the conference's newest recording does, in SignalWire's words. */
export function recordingStatus({ recordings: [newest] }: Conference): string | undefined {
  return newest && documentedStatus(newest);
}

/** Somebody else starts another recording of a conference. */
export function addRecording({ model }: Pick<Simulator, 'model'>, conference: Conference): Recording {
  const recording: Recording = {
    ...model.newResource(),
    status: [{ at: model.now(), value: 'in-progress' }],
    pauseBehavior: 'silence',
    trim: 'do-not-trim',
    audioMs: 0,
    countedAt: model.now(),
  };
  conference.recordings.unshift(recording);
  return recording;
}

/** A recording changes, without any callback. */
export function setRecording({ model }: Pick<Simulator, 'model'>, { status }: Recording, value: RecordingStatus): void {
  appendValue(status, model.now(), value);
}
