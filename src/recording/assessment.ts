import type { Assessment, Emit } from '../recorder-events.js';
import type { ObservedState, RecordingState } from '../signalwire/space.js';
import { isAsDesired } from './recording-policy.js';

/** SignalWire begins a recording when the first two people are in. Source: its cXML reference, Conference. */
const FIRST_RECORDED = 2;

/** Assesses a conference, and emits each assessment that differs from the one before. */
export function createAssessor(conferenceSid: string, emit: Emit) {
  let last: Assessment | undefined;
  return (
    name: string | undefined,
    people: number,
    desired: RecordingState,
    observed: ObservedState | undefined,
  ): void => {
    if (last?.people === people && last.desired === desired && last.observed === observed) return;
    const isRight = observed === undefined ? isUnneeded(desired, people) : isAsDesired(desired, observed);
    last = { people, desired, observed, wrongSince: isRight ? undefined : (last?.wrongSince ?? Date.now()) };
    emit({ type: 'conference-assessed', conferenceSid, name, ...last });
  };
}

/** Whether it is right that there is no recording. */
function isUnneeded(desired: RecordingState, people: number): boolean {
  return desired === 'paused' || people < FIRST_RECORDED;
}
