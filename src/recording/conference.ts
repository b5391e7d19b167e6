import type { Announce, Cause, Snapshot } from '../recorder-events.js';
import type { ObservedState, Recording, RecordingState } from '../signalwire/space.js';
import { isNotFound, isUnprocessable } from '../signalwire/space-error.js';
import { backoff } from './backoff.js';
import type { Surroundings } from './conference-context.js';
import {
  acknowledge,
  allowOneMoreWrite,
  beginWrite,
  believedState,
  type KnownRecording,
  knowRecording,
  takeRead,
} from './known-recording.js';
import { observe } from './observation.js';
import { createTurns, type Deadline } from './pass-scheduler.js';
import { desiredState, isFresh, mayBePaused, needsWrite } from './policy.js';
import { addReport, type Reports, renewalEnds } from './reports.js';

/** What is known of a conference, and the one who works on it. */
export type Conference = ReturnType<typeof createConference>;

const RESYNC: Cause = { what: 'resync', at: undefined };
const SETTLING: Cause = { what: 'settling read', at: undefined };

/**
 * A conference of which only the SID is known: all that is learnt of it is kept here, and here alone. Nothing is asked until
 * something is reported or a resync is asked for. The methods return at once and never throw.
 *
 * @param onOver called once it is over
 */
export function createConference(sid: string, surroundings: Surroundings, onOver: () => void) {
  const { space, openRoom, queue, durations, minParticipants, resyncIntervalMs, random } = surroundings;
  const { leaveReport, joinReport, stale, missing: missingMs } = durations;
  const windows = { leave: leaveReport, join: Math.min(joinReport, resyncIntervalMs || Infinity), stale };
  const turns = createTurns(sid, queue, pass);
  const reports: Reports = new Map();
  let name: string | undefined;
  let people = new Set<string>();
  let recording: KnownRecording | undefined;
  /** The callback that the next pass answers, or the one that goes on; where there is none, `due` is the reason for it. */
  let cause: Cause | undefined;
  let due = RESYNC;
  let failures = 0;
  /** When a callback last came, or a write failed that may be obeyed late; when it was last read (ms, monotonic). */
  let unsettledAt = -Infinity;
  let readAt = -Infinity;
  let missingSince: number | undefined;
  let urgentResume: Promise<void> | undefined;
  let writes = 0;
  let isOver = false;

  /** Nothing more is told of a conference that is over, whatever is still on its way. */
  const announce: Announce = (announcement) => {
    if (!isOver) surroundings.announce(announcement);
  };

  function snapshot(): Snapshot {
    const state = recording && believedState(recording);
    return { sid, name, people: new Set(people), recordingSid: recording?.sid, recording: state };
  }

  function takeHint(what: Cause['what']): Cause {
    const hint = { what, at: performance.now() };
    cause = hint;
    unsettledAt = hint.at;
    // A new conference may be known by now: it's tried again as soon as it was at first.
    if (missingSince !== undefined) failures = 0;
    if (recording) allowOneMoreWrite(recording);
    return hint;
  }

  /** Reads and writes until all is as it should be. @returns when it is to be read again */
  async function pass(): Promise<Deadline | undefined> {
    try {
      await converge();
      failures = 0;
      queue.onAnswer(undefined);
      announce({ what: 'succeeded', whose: sid });
      return nextRead();
    } catch (error) {
      queue.onAnswer(error);
      return nextTry(error);
    }
  }

  /** Reads, writes the difference, and reads again until there is none (R5). @throws SpaceError */
  async function converge(): Promise<void> {
    while (!isOver) {
      await urgentResume;
      const before = { writes, recordingSid: recording?.sid, cause: cause ?? due, at: performance.now() };
      const callers = name === undefined ? [] : openRoom.callersOf(name);
      const hasBeenRead = readAt > -Infinity;
      const known = { sid, people, reports, recording, callers, hasBeenRead, missingSince };
      const seen = await observe(known, { space, windows, missingMs });
      if (isOver) return;
      if (seen.what === 'over') return onOver();
      missingSince = seen.what === 'missing' ? (missingSince ?? before.at) : undefined;
      if (seen.what === 'missing') throw seen.error;
      people = seen.people;
      // A write that set out meanwhile makes what was read of the recording worthless.
      if (writes !== before.writes) continue;
      // A callback named another recording meanwhile: the pass that follows reads that one.
      if (recording?.sid !== before.recordingSid) return;
      readAt = before.at;
      // A callback that came meanwhile is the cause, unless another one asked for this pass.
      const because = before.cause.at === undefined ? (cause ?? due) : before.cause;
      takeRecording(seen.recording, because);
      const desired = desiredState(people.size, minParticipants);
      if (recording && needsWrite(desired, recording)) {
        await write(recording, desired, because);
      } else {
        // A callback that came later is for the next pass to answer.
        if (cause === because) cause = undefined;
        return;
      }
    }
  }

  function takeRecording(found: Recording | undefined, because: Cause): void {
    const isSame = found?.sid.toLowerCase() === recording?.sid.toLowerCase();
    const { observed, lastWrite } = recording ?? {};
    // One that can't be read anywhere may be there all the same.
    if (found && recording && isSame) takeRead(recording, found.state);
    else if (found) recording = knowRecording(found.sid, found.state);
    // A write that failed, or wasn't answered, was obeyed all the same.
    const wasObeyed = isSame && lastWrite?.outcome === 'failed' && found?.state === lastWrite.state;
    if (wasObeyed) announceWritten(lastWrite.state, snapshot(), observed, because);
    announce({ what: 'read', conference: snapshot(), cause: because });
  }

  function announceWritten(state: RecordingState, then: Snapshot, observed: ObservedState | undefined, because: Cause) {
    const reactionMs = because.at === undefined ? undefined : performance.now() - because.at;
    announce({ what: 'written', state, conference: then, observed, cause: because, reactionMs });
  }

  async function write(target: KnownRecording, state: RecordingState, because: Cause): Promise<void> {
    const then = snapshot();
    const { observed, lastWrite } = target;
    const isDone = lastWrite?.state === state && lastWrite.outcome === 'acknowledged';
    const sent = beginWrite(target, state);
    writes += 1;
    try {
      await space.updateRecording(sid, target.sid, state);
    } catch (error) {
      // SignalWire may refuse to do what it has done already.
      if (isUnprocessable(error) && isDone) return acknowledge(target, sent);
      sent.outcome = 'failed';
      if (isNotFound(error) || isUnprocessable(error)) sent.refusals += 1;
      // It may be obeyed late: it's read again after it could have been.
      else unsettledAt = performance.now();
      throw error;
    }
    acknowledge(target, sent);
    announceWritten(state, then, observed, because);
  }

  /** Resumes the recording at once, outside any pass (R2). A failure is left to the pass that follows. */
  function resumeNow(target: KnownRecording, because: Cause): void {
    urgentResume ??= write(target, 'in-progress', because)
      .catch((error: unknown) => announce({ what: 'failed', whose: sid, error }))
      .finally(() => {
        urgentResume = undefined;
      });
  }

  function nextTry(error: unknown): Deadline | undefined {
    if (isOver) return undefined;
    failures += 1;
    // Somebody may wait alone for long in a conference that the API doesn't know yet; that's no failure.
    const isMissing = missingSince !== undefined;
    announce(isMissing ? { what: 'succeeded', whose: sid } : { what: 'failed', whose: sid, error });
    const max = isMissing ? Math.max(durations.retryMax, resyncIntervalMs) : durations.retryMax;
    return { at: performance.now() + backoff(failures, error, durations, random, max), urgency: 'retry' };
  }

  /** A settling read once the reports have run out, one more later, and a resync an interval after the last read (R9). */
  function nextRead(): Deadline | undefined {
    if (isOver || surroundings.isStopping()) return undefined;
    const ends = [unsettledAt + leaveReport, unsettledAt + joinReport, ...renewalEnds(reports, windows)];
    const settleAt = Math.min(...ends.map((end) => end + durations.settle).filter((at) => at > readAt));
    const resyncAt = resyncIntervalMs > 0 ? readAt + resyncIntervalMs : Infinity;
    const isSettling = settleAt < resyncAt;
    due = isSettling ? SETTLING : RESYNC;
    if (isSettling) return { at: settleAt, urgency: 'retry' };
    return resyncAt < Infinity ? { at: resyncAt, urgency: 'resync' } : undefined;
  }

  return {
    sid,
    get name() {
      return name;
    },
    /** CallSids of those who are in, in small letters. */
    get people(): ReadonlySet<string> {
      return people;
    },
    /** Whether something is still to be done for it. */
    get isBusy() {
      return !isOver && (!turns.isIdle || (failures > 0 && missingSince === undefined) || urgentResume !== undefined);
    },
    /** Whether SignalWire has not been asked about it yet. */
    get isNew() {
      return readAt === -Infinity && failures === 0;
    },

    /** Takes the name from a callback or a list; the first one stays. */
    learnName(learned: string | undefined): void {
      name ??= learned;
    },

    /** A callback named it. */
    hint(): void {
      takeHint('conference callback');
      announce({ what: 'reported', conference: snapshot() });
      turns.ask('hint');
    },

    /** Somebody came or went. `happenedAt` is the callback's Timestamp (ms since 1970); undefined makes it only a hint. */
    reportParticipant(callSid: string, isIn: boolean, happenedAt: number | undefined): void {
      const isNews =
        isFresh(happenedAt, space.now(), stale) && addReport(reports, { callSid, isIn, happenedAt }, performance.now());
      if (isNews) people[isIn ? 'add' : 'delete'](callSid.toLowerCase());
      if (isNews && !isIn) openRoom.left(callSid);
      const hint = takeHint(isIn ? 'join' : 'leave');
      announce({ what: 'participant', conference: snapshot(), callSid, isIn });
      const isEnough = desiredState(people.size, minParticipants) === 'in-progress';
      if (isNews && isIn && isEnough && recording && mayBePaused(recording)) resumeNow(recording, hint);
      turns.ask('hint');
    },

    /** A callback named its recording. */
    reportRecording(recordingSid: string, hasBegun: boolean): void {
      const hint = takeHint('recording callback');
      const isOther = recordingSid.toLowerCase() !== recording?.sid.toLowerCase();
      if (hasBegun && isOther) recording = knowRecording(recordingSid, 'in-progress');
      announce({ what: 'reported', conference: snapshot(), cause: hint });
      turns.ask('hint');
    },

    /** Has it read, when there is time. */
    resync: () => turns.ask('resync'),

    /** Stops all work on it. */
    end(): void {
      isOver = true;
      turns.end();
    },
  };
}
