import type { Assessment } from '../recorder-events.js';

/** What is wrong with a conference's recording, and what that means, in a sentence. */
export function describeWrongRecording(
  conferenceSid: string,
  name: string | undefined,
  { people, desired, observed }: Omit<Assessment, 'wrongSince'>,
): string {
  const conference = name || `Conference ${conferenceSid}`;
  if (desired === 'paused') {
    return `${conference} is being recorded although ${peopleIn(people)}: the recording should be paused.`;
  }
  const loss = people === 1 ? 'nothing is recorded' : 'what they say is not recorded';
  if (observed === 'paused') return `${conference} is paused although ${peopleIn(people)}: ${loss}.`;
  const recording = observed === 'over' ? 'The recording has ended' : 'No recording is known';
  return `${conference}: ${recording} although ${peopleIn(people)}: ${loss}, or this service can't control it.`;
}

/** @param status what SignalWire answered (HTTP); undefined if it did not answer */
export function describeOutage(status: number | undefined): string {
  const what = status === undefined ? 'does not answer' : `answers ${status}`;
  return `SignalWire ${what}: recordings are left as they are, and what is known of them may be out of date.`;
}

function peopleIn(people: number): string {
  if (people === 0) return 'nobody is in';
  return people === 1 ? 'only one person is in' : `${people} people are in`;
}
