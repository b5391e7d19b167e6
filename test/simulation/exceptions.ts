import { type Conference, haveTwoMetBy, isRunning } from '../../src/simulator/model/resources.js';
import { actAsOne, type Dimensions } from './dimensions.js';
import type { MissedMeeting } from './meetings.js';
import type { Person } from './people.js';

/** What happened in a world, as far as an exception depends on it. */
export interface Facts {
  /** How often a copy has been started, over all copies. */
  starts(): number;
  /** Whether a process that is still running received a callback about each of the conference's recordings, in time to act on it. */
  areRecordingsReported(conference: Conference): boolean;
  /** Whether a copy had stood still for a while before that time (ms of the world). */
  hasStoodStill(before: number): boolean;
  /** Everybody who called, in the order of the calls. */
  people: Person[];
  /** When the copy was last started before that time (ms of the world). */
  lastStartBefore(copy: number, at: number): number;
}

/** A combination in which no service could know what to do. */
interface Exception {
  /** Why it couldn't know. */
  reason: string;
  /** @param isPast whether the recording was wrong in the past; otherwise it is wrong now */
  applies(dimensions: Dimensions, facts: Facts, conference: Conference, isPast: boolean): boolean;
}

const UNKNOWN_UNTIL_TWO_MEET: Exception = {
  reason: "The API doesn't know the conference until two people have met, so nobody can read or change its recording",
  applies: ({ traits }, _facts, conference, isPast) =>
    traits.alone === '404' && traits.begins === 'first' && (isPast || !haveTwoMetBy(conference, Infinity)),
};

const EXCEPTIONS: Exception[] = [
  UNKNOWN_UNTIL_TWO_MEET,
  {
    reason: 'Recordings are not listed, and no running process received a callback about this one',
    applies: ({ traits }, facts, conference) => !traits.recordingsListed && !facts.areRecordingsReported(conference),
  },
  {
    reason: 'A paused recording reads as running, and the process that paused it has stopped or is another one',
    applies: (dimensions, facts, conference) =>
      isPausedAndReadsAs(['in-progress'], dimensions, conference) && mayPauseBeUnknown(dimensions, facts),
  },
  {
    reason: 'A paused recording reads as running, and a pause may take effect long after its request timed out',
    applies: (dimensions, _facts, conference) =>
      isPausedAndReadsAs(['in-progress'], dimensions, conference) && dimensions.faults.hanging > 0,
  },
  {
    reason:
      'A paused recording reads as over, the process that paused it has stopped or is another one, and SignalWire refused ' +
      'the one resume that is sent in that case',
    applies: (dimensions, facts, conference) =>
      isPausedAndReadsAs(['stopped', 'completed'], dimensions, conference) &&
      mayPauseBeUnknown(dimensions, facts) &&
      dimensions.faults.refused > 0,
  },
];

const REFUSED_AGAIN: Exception = {
  reason:
    'A paused recording reads as running, the process that paused it has stopped or is another one, and SignalWire ' +
    'refuses to pause it again',
  applies: (dimensions, facts, conference) =>
    isPausedAndReadsAs(['in-progress'], dimensions, conference) &&
    mayPauseBeUnknown(dimensions, facts) &&
    dimensions.traits.redundantUpdate === '422',
};

// A copy may take a recording for wrong that is right. It is then right to say that it can't see or change it.
const JUDGEMENT_EXCEPTIONS: Exception[] = [
  UNKNOWN_UNTIL_TWO_MEET,
  {
    reason: 'Recordings are not listed, and a copy that received no callback about this one knows of none',
    applies: (dimensions) => !dimensions.traits.recordingsListed && mayReportBeMissing(dimensions),
  },
  REFUSED_AGAIN,
];

/** Whether a copy may not have received the callback about a recording. */
function mayReportBeMissing(dimensions: Dimensions): boolean {
  return !actAsOne(dimensions) || dimensions.kind !== 'well';
}

/** Whether the recording is paused, and the space shows one of these statuses for that. */
function isPausedAndReadsAs(statuses: string[], { traits }: Dimensions, { recordings }: Conference): boolean {
  return statuses.includes(traits.pausedReads) && !recordings.some(isRunning);
}

/** Whether a process may have to resume a recording that another process paused. */
function mayPauseBeUnknown(dimensions: Dimensions, { starts }: Facts): boolean {
  return !actAsOne(dimensions) || starts() > dimensions.copies;
}

/** Why no service could have kept the conference's recording right; undefined if one could have. */
export function excuseRecording(
  dimensions: Dimensions,
  facts: Facts,
  conference: Conference,
  isPast = false,
): string | undefined {
  return EXCEPTIONS.find(({ applies }) => applies(dimensions, facts, conference, isPast))?.reason;
}

/** Why a copy can't know that the conference's recording is right; undefined if it can. */
export function excuseJudgement(dimensions: Dimensions, facts: Facts, conference: Conference): string | undefined {
  return JUDGEMENT_EXCEPTIONS.find(({ applies }) => applies(dimensions, facts, conference, false))?.reason;
}

/** Why a copy pauses the conference's recording at each resync although it is paused (R6); undefined if it shouldn't. */
export function excuseRepeatedPauses(dimensions: Dimensions, facts: Facts, conference: Conference): string | undefined {
  return REFUSED_AGAIN.applies(dimensions, facts, conference, false) ? REFUSED_AGAIN.reason : undefined;
}

interface MeetingException {
  reason: string;
  /**
   * @param meeting also names the last person whom another process had sent to one of the two rooms
   * @param startedAt when the process that answered the later call was started (ms of the world)
   */
  applies(dimensions: Dimensions, meeting: MissedMeeting & { before: Person }, startedAt: number): boolean;
}

// All of these are about a room that another process opened. A process knows where it sent its own callers.
const MEETING_EXCEPTIONS: MeetingException[] = [
  {
    reason: "Each process has its own room, and a new process can't know which room its predecessor opened",
    applies: (dimensions) => !actAsOne(dimensions),
  },
  {
    reason: "The API doesn't know a conference in which somebody waits alone",
    applies: ({ traits }) => traits.alone === '404',
  },
  {
    reason: 'The first caller joined too late for the list that the new process read',
    applies: ({ traits }, { before }, startedAt) =>
      (before.joinedAt ?? Infinity) + traits.listLagMs + traits.unknownMs > startedAt,
  },
  {
    reason: "SignalWire didn't answer the new process within the three seconds that a caller waits",
    applies: canRequestsFail,
  },
  {
    reason: 'The new process learned too late whether the room is named after a call',
    applies: ({ traits }, { before }, startedAt) => before.calledAt + traits.readLagMs > startedAt,
  },
];

/** How long a new process may fail to discover the rooms if requests fail, in milliseconds. */
const DISCOVERY_MS = 15_000;

/** Why no service could have brought the two callers together; undefined if one could have. */
export function excuseMissedMeeting(
  dimensions: Dimensions,
  facts: Facts,
  { first, second }: MissedMeeting,
): string | undefined {
  if (actAsOne(dimensions) && facts.hasStoodStill(second.calledAt)) {
    return 'A copy stood still, so it learned too late of a room that another copy had opened or left';
  }
  // The one who joined first may have been sent there by the newer of two processes.
  const newer = first.starts > second.starts ? first : second;
  const startedAt = facts.lastStartBefore(newer.copy, newer.calledAt);
  const discoveredBy = startedAt + (canRequestsFail(dimensions) ? DISCOVERY_MS : 0);
  // If another process opened one of the two rooms before the discovery, the new process had to find it.
  const before = facts.people
    .filter(({ conferenceName }) => conferenceName === first.conferenceName || conferenceName === second.conferenceName)
    .filter(({ copy, starts }) => copy !== newer.copy || starts < newer.starts)
    .findLast(({ calledAt }) => calledAt < discoveredBy);
  if (!before) return undefined;
  const isOlderThanProcess = (name: string | undefined) =>
    facts.people.some(({ conferenceName, calledAt }) => conferenceName === name && calledAt < startedAt);
  // Another process had split these two already, which is a missed meeting of its own.
  if (isOlderThanProcess(first.conferenceName) && isOlderThanProcess(second.conferenceName)) {
    return 'The new process found two rooms, and could choose only one';
  }
  return MEETING_EXCEPTIONS.find(({ applies }) => applies(dimensions, { first, second, before }, startedAt))?.reason;
}

function canRequestsFail({ faults }: Dimensions): boolean {
  return faults.hanging + faults.failed + faults.refused + faults.tooMany + faults.unreadable + faults.slow > 0;
}
