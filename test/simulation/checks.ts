import { activeParticipants, isRunning, type Recording } from '../../src/simulator/model/resources.js';
import { current } from '../../src/simulator/model/timeline.js';
import { actAsOne } from './dimensions.js';
import { excuseJudgement, excuseMissedMeeting, excuseRecording, excuseRepeatedPauses } from './exceptions.js';
import { findMissedMeetings } from './meetings.js';
import type { World } from './world.js';

/**
 * Reports a problem of a world in a sentence.
 *
 * @param excuse why no service could have avoided it; undefined if one could have
 */
export type ReportProblem = (problem: string, excuse?: string) => void;

/** Checks that every recording is right at this moment. @param when the beginning of the sentence about one that isn't */
export function checkRecordings({ dimensions, facts, model }: World, report: ReportProblem, when: string): void {
  for (const conference of model.conferences.values()) {
    const since = conference.meter.wrongSince();
    if (since === undefined || current(conference.status) === 'completed') continue;
    const state = conference.recordings.some(isRunning) ? 'has been running' : 'has not been running';
    const people = activeParticipants(conference).length;
    const ms = model.now() - since;
    const problem = `${when}, the recording of ${conference.name} ${state} for ${ms} ms, with ${people} in the conference.`;
    report(problem, excuseRecording(dimensions, facts, conference));
  }
}

/** Checks that no copy takes a recording for wrong that is right at this moment. */
export function checkJudgements({ dimensions, facts, fleet, model }: World, report: ReportProblem): void {
  for (const conference of model.conferences.values()) {
    if (conference.meter.wrongSince() !== undefined || current(conference.status) === 'completed') continue;
    const accusers = fleet.running().filter(({ copy }) => copy.judgedWrong.has(conference.sid.toLowerCase()));
    for (const { number } of accusers) {
      const problem = `Copy ${number} takes the recording of ${conference.name} for wrong, which is right.`;
      report(problem, excuseJudgement(dimensions, facts, conference));
    }
  }
}

const HEARD_ELSEWHERE =
  'Another copy heard that somebody had left, so this one believed for some seconds that they were in';

/** Checks that no copy ever called a conference a problem that was none, if nothing went wrong and reads show everything at once. */
export function checkFalseAlarms({ dimensions, facts, falseAlarms }: World, report: ReportProblem): void {
  if (dimensions.kind !== 'well') return;
  for (const conference of falseAlarms) {
    const excuse = !actAsOne(dimensions) ? HEARD_ELSEWHERE : excuseJudgement(dimensions, facts, conference);
    report(`A copy called ${conference.name} a problem.`, excuse);
  }
}

/** Checks that no recording was wrong for too long at any time. */
export function checkPastRecordings({ dimensions, limits, facts, model }: World, report: ReportProblem): void {
  // If the API lags by more than the time between two events, one mistake merges into the next.
  if (dimensions.kind === 'storm' || limits.lagMs > dimensions.paceMs) return;
  for (const conference of model.conferences.values()) {
    const { longestWrongMs } = conference.meter.read();
    if (longestWrongMs <= limits.correctionMs) continue;
    const problem = `The recording of ${conference.name} was wrong for ${longestWrongMs} ms at a stretch.`;
    report(problem, excuseRecording(dimensions, facts, conference, true));
  }
}

/** Checks that no write was redundant, if nothing went wrong and there is one copy. */
export function checkWrites({ dimensions, redundantWrites }: World, report: ReportProblem): void {
  const { kind, latencyMs } = dimensions;
  if (kind !== 'well' || !actAsOne(dimensions)) return;
  // If somebody joins just as a pause is sent, nobody knows which write takes effect last. One more write settles it.
  const isRace = ({ recording, at }: { recording: Recording; at: number }) =>
    recording.status.filter((change) => Math.abs(change.at - at) < 4 * latencyMs).length > 1;
  const count = redundantWrites.filter((write) => !isRace(write)).length;
  if (count > 0) report(`${count} writes were redundant.`);
}

/**
 * Checks that nothing was written while nothing happened.
 *
 * @param writes how many writes were sent in that time
 * @param ms how long it was
 */
export function checkCalmWrites(world: World, report: ReportProblem, writes: number, ms: number): void {
  if (writes === 0) return;
  const { dimensions, facts, model } = world;
  const live = [...model.conferences.values()].filter(({ status }) => current(status) !== 'completed');
  const excuses = live.flatMap((conference) => excuseRepeatedPauses(dimensions, facts, conference) ?? []);
  // One attempt for each resync of each copy, and no more.
  const resyncs = Math.ceil(ms / dimensions.resyncIntervalMs) + 1;
  const isExcused = writes <= excuses.length * dimensions.copies * resyncs;
  report(`${writes} writes were sent in the calm.`, isExcused ? excuses[0] : undefined);
}

/** Checks that callers without a room were put into the same conference. */
export function checkMeetings({ dimensions, facts, people }: World, report: ReportProblem): void {
  for (const meeting of findMissedMeetings(people, actAsOne(dimensions))) {
    const { first, second } = meeting;
    const problem = `${first.letter} and ${second.letter} did not meet: ${first.conferenceName} and ${second.conferenceName}.`;
    report(problem, excuseMissedMeeting(dimensions, facts, meeting));
  }
}

/** Checks that no copy remembers a conference or an open room after everybody has hung up. */
export function checkMemory({ fleet }: World, report: ReportProblem): void {
  for (const { copy, number } of fleet.running()) {
    if (copy.size > 0) report(`Copy ${number} still remembers ${copy.size} conferences that are over.`);
    if (!copy.hasNoOpenRoom()) report(`Copy ${number} still has an open room with nobody in it.`);
  }
}
