import {
  activeParticipants,
  type Conference,
  documentedStatus,
  type Recording,
  type RecordingStatus,
} from '../../src/simulator/model/resources.js';
import { appendValue, current } from '../../src/simulator/model/timeline.js';
import type { Simulator } from '../../src/simulator/simulator.js';

/** How many people are in the conference. */
export function headCount(conference: Conference): number {
  return activeParticipants(conference).length;
}

/** The SIDs of the calls that are in the conference, in the order in which they joined. */
export function callSidsIn(conference: Conference): string[] {
  return activeParticipants(conference).map(({ call }) => call.sid);
}

export function isOver({ status }: Conference): boolean {
  return current(status) === 'completed';
}

/** The documented status of the conference's newest recording. */
export function recordingStatus({ recordings: [newest] }: Conference): string | undefined {
  return newest && documentedStatus(newest);
}

/** Starts another recording of a conference, as somebody else would. */
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

/** Changes the status of a recording without a callback. */
export function setRecording({ model }: Pick<Simulator, 'model'>, { status }: Recording, value: RecordingStatus): void {
  appendValue(status, model.now(), value);
}
