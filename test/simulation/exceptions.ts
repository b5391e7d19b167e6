import type { Conference, Participant } from '../../src/simulator/model/resources.js';
import type { Dimensions } from './dimensions.js';

/** What a world came to go through, as far as an exception depends on it. */
export interface Facts {
  /** How often a copy has been started. */
  starts: number;
  /** Whether a copy that still runs has been told of the conference's recording by a callback. */
  isRecordingReported(conference: Conference): boolean;
}

/** A combination that leaves no way to know, and why. */
interface Exception {
  reason: string;
  applies(dimensions: Dimensions, facts: Facts, conference: Conference): boolean;
}

const EXCEPTIONS: Exception[] = [
  {
    reason: 'The API knows no conference in which nobody has met anybody, so its recording can be neither read nor changed',
    applies: ({ traits }, _facts, { participants }) =>
      traits.alone === '404' && traits.begins === 'first' && !haveTwoMet(participants),
  },
  {
    reason: 'Recordings are not listed, and no process that runs was told of this one',
    applies: ({ traits }, facts, conference) => !traits.recordingsListed && !facts.isRecordingReported(conference),
  },
  {
    reason: 'A paused recording reads as one that runs, and whose pause it was is forgotten or known to another process',
    applies: ({ traits, copies }, { starts }) => traits.pausedReads === 'in-progress' && (copies > 1 || starts > copies),
  },
];

function haveTwoMet(participants: Participant[]): boolean {
  return participants.some((one) =>
    participants.some((other) => other !== one && other.createdAt >= one.createdAt && (one.leftAt ?? Infinity) > other.createdAt),
  );
}

/** Why nobody could have known better; undefined where somebody could. */
export function excuseFor(
  dimensions: Dimensions,
  facts: Facts,
  conference: Conference | undefined,
): string | undefined {
  return conference && EXCEPTIONS.find(({ applies }) => applies(dimensions, facts, conference))?.reason;
}
