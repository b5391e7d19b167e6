import { type Conference, isRunning, type Participant } from '../../src/simulator/model/resources.js';
import type { Dimensions } from './dimensions.js';
import type { Miss } from './meetings.js';
import type { Person } from './people.js';

/** What a world came to go through, as far as an exception depends on it. */
export interface Facts {
  /** How often a copy has been started. */
  starts(): number;
  /** Whether a copy that still runs was told of the conference's recording by a callback, in time to act on it. */
  isRecordingReported(conference: Conference): boolean;
  /** Everybody who called, in the order in which they did. */
  people: Person[];
  /** When a copy was started for the last time before that (ms of the world). */
  startBefore(copy: number, at: number): number;
}

/** A combination that leaves no way to know, and why. */
interface Exception {
  reason: string;
  /** @param isPast whether it's about some time before now */
  applies(dimensions: Dimensions, facts: Facts, conference: Conference, isPast: boolean): boolean;
}

const EXCEPTIONS: Exception[] = [
  {
    reason:
      'The API knows no conference in which nobody has met anybody, so its recording can be neither read nor changed',
    applies: ({ traits }, _facts, { participants }, isPast) =>
      traits.alone === '404' && traits.begins === 'first' && (isPast || !haveTwoMet(participants)),
  },
  {
    reason: 'Recordings are not listed, and no process that runs was told of this one',
    applies: ({ traits }, facts, conference) => !traits.recordingsListed && !facts.isRecordingReported(conference),
  },
  {
    reason:
      'A paused recording reads as one that runs, and whose pause it was is forgotten or known to another process',
    applies: (dimensions, facts, conference) =>
      isPausedReading(['in-progress'], dimensions, conference) && isPauseForgotten(dimensions, facts),
  },
  {
    reason: 'A paused recording reads as one that runs, and a pause may be obeyed long after it was given up',
    applies: (dimensions, _facts, conference) =>
      isPausedReading(['in-progress'], dimensions, conference) && dimensions.faults.hanging > 0,
  },
  {
    reason:
      'A paused recording reads as over, whose pause it was is forgotten, and the one resume that it gets was refused',
    applies: (dimensions, facts, conference) =>
      isPausedReading(['stopped', 'completed'], dimensions, conference) &&
      isPauseForgotten(dimensions, facts) &&
      dimensions.faults.refused > 0,
  },
];

/** Whether the recording is paused, in a space where that reads as one of these words. */
function isPausedReading(words: string[], { traits }: Dimensions, { recordings }: Conference): boolean {
  return words.includes(traits.pausedReads) && !recordings.some(isRunning);
}

/** Whether somebody else than the process that paused it may have to resume a recording. */
function isPauseForgotten({ copies }: Dimensions, { starts }: Facts): boolean {
  return copies > 1 || starts() > copies;
}

function haveTwoMet(participants: Participant[]): boolean {
  return participants.some((one) =>
    participants.some(
      (other) => other !== one && other.createdAt >= one.createdAt && (one.leftAt ?? Infinity) > other.createdAt,
    ),
  );
}

/** Why the service had no way to know; undefined where it had one. */
export function excuseFor(
  dimensions: Dimensions,
  facts: Facts,
  conference: Conference,
  isPast = false,
): string | undefined {
  return EXCEPTIONS.find(({ applies }) => applies(dimensions, facts, conference, isPast))?.reason;
}

interface MeetingException {
  reason: string;
  /**
   * @param miss and who was sent to the older room last, before the process was started that took the second call
   * @param startedAt when that was (ms of the world)
   */
  applies(dimensions: Dimensions, miss: Miss & { before: Person }, startedAt: number): boolean;
}

// All of them about a room that another process opened: a process knows for itself where it sent somebody.
const MEETING_EXCEPTIONS: MeetingException[] = [
  {
    reason:
      'Each process has a room of its own, and a new one cannot know which of them was opened by the one before it',
    applies: ({ copies }) => copies > 1,
  },
  {
    reason: 'The API does not know a conference in which somebody waits alone',
    applies: ({ traits }) => traits.alone === '404',
  },
  {
    reason: 'The first one came in too late for the list that the new process read',
    applies: ({ traits }, { before }, startedAt) =>
      (before.cameAt ?? Infinity) + traits.listLagMs + traits.unknownMs > startedAt,
  },
  {
    reason: 'SignalWire did not answer the new process in the three seconds that a caller waits',
    applies: doRequestsFail,
  },
  {
    reason: 'Whether a room is named by a call was found out too late',
    applies: ({ traits }, { before }, startedAt) => before.calledAt + traits.readLagMs > startedAt,
  },
];

/** How long a process may try in vain to find the rooms that are there, where requests fail, in milliseconds. */
const DISCOVERY_MS = 15_000;

/** Why the service had no way to bring the two together; undefined where it had one. */
export function excuseForMiss(dimensions: Dimensions, facts: Facts, { one, other }: Miss): string | undefined {
  // Who came in first may have been sent there by the newer of two processes.
  const newer = one.starts > other.starts ? one : other;
  const startedAt = facts.startBefore(newer.copy, newer.calledAt);
  const discoveredBy = startedAt + (doRequestsFail(dimensions) ? DISCOVERY_MS : 0);
  // Another process had opened one of the two rooms before this one knew its space: it had to be found.
  const before = facts.people
    .filter(({ conference }) => conference === one.conference || conference === other.conference)
    .filter(({ copy, starts }) => copy !== newer.copy || starts < newer.starts)
    .findLast(({ calledAt }) => calledAt < discoveredBy);
  if (!before) return undefined;
  const isOld = (name: string | undefined) =>
    facts.people.some(({ conference, calledAt }) => conference === name && calledAt < startedAt);
  // Two whom another process had split are a miss of their own, with an excuse of their own.
  if (isOld(one.conference) && isOld(other.conference))
    return 'The new process found two rooms, and could choose but one';
  return MEETING_EXCEPTIONS.find(({ applies }) => applies(dimensions, { one, other, before }, startedAt))?.reason;
}

function doRequestsFail({ faults }: Dimensions): boolean {
  return faults.hanging + faults.failed + faults.refused + faults.tooMany + faults.unreadable + faults.slow > 0;
}
