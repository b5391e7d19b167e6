import type { Assessment } from '../recorder-events.js';

/** What is wrong with a conference's recording, and what that means, in a sentence or two. */
export function describeWrongRecording(
  conferenceSid: string,
  name: string | undefined,
  { people, held, desired, observed }: Omit<Assessment, 'wrongSince'>,
): string {
  const conference = name || `Conference ${conferenceSid}`;
  if (desired === 'paused') {
    return `${conference} is being recorded although ${peopleIn(people, held)}: the recording should be paused.`;
  }
  const state = {
    paused: 'is paused',
    over: 'is no longer recorded',
    'in-progress': 'is recorded',
    none: 'has no recording that this service can find',
  }[observed ?? 'none'];
  return `${conference} ${state}, although ${peopleIn(people, held)}. What they say may be lost.`;
}

/** @param status what SignalWire answered (HTTP); undefined if it did not answer */
export function describeOutage(status: number | undefined): string {
  const what = status === undefined ? 'does not answer' : `answers ${status}`;
  return `SignalWire ${what}: recordings are left as they are, and what is known of them may be out of date.`;
}

/**
 * @param reason why the last one was refused, in a sentence
 * @param copy the other copy that refuses them; undefined if this one does
 */
export function describeRefusals(
  kind: 'refused calls' | 'refused callbacks',
  reason: string,
  copy: string | undefined,
): string {
  const refused = copy === undefined ? 'refused' : `refused by the copy ${copy}`;
  return kind === 'refused calls'
    ? `Calls are ${refused}, so callers hear an error. ${reason}`
    : `SignalWire's callbacks are ${refused}, so joins and leaves are noticed only once per interval. ${reason}`;
}

function peopleIn(people: number, held: number): string {
  const besides = held === 0 ? '' : `, besides ${held} on hold or coaching`;
  if (people === 0) return `nobody is in${besides}`;
  return `${people === 1 ? 'only one person is' : `${people} people are`} in${besides}`;
}
