import type { Announce, Cause, Snapshot } from '../announcements.js';
import type { OpenRoom } from '../rooms/open-room.js';
import type { ConferenceSpace, ObservedState, Recording, RecordingState } from '../signalwire/space.js';
import { isNotFound, isUnprocessable } from '../signalwire/space-error.js';
import { backoff } from './backoff.js';
import type { Durations } from './durations.js';
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
import { desiredState, isFresh, mayBePaused, needsWrite } from './policy.js';
import { addReport, type Reports } from './reports.js';
import { createTurns, type Deadline } from './turns.js';
import type { UrgencyQueue } from './urgency-queue.js';

/** What all conferences of a process share. */
export interface Surroundings {
  space: ConferenceSpace;
  /** Who was sent to the room of those who ask for none, and is told of those who leave. */
  openRoom: Pick<OpenRoom, 'callersOf' | 'left'>;
  queue: UrgencyQueue;
  announce: Announce;
  durations: Durations;
  /** The recording runs while at least this many people are in. */
  minParticipants: number;
  /** Milliseconds from one read of a conference to the next; 0 reads only what callbacks ask for. */
  resyncIntervalMs: number;
  /** From 0 up to, and without, 1. */
  random: () => number;
  /** While stopping, only what was asked for is finished. */
  isStopping(): boolean;
  /** The conference is over: nobody needs to know of it any more. */
  onOver(conference: Conference): void;
}

/** A conference: all that is known of it, and the one who works on it. Its methods return at once and never throw. */
export interface Conference {
  readonly sid: string;
  readonly name: string | undefined;
  /** CallSids of those who are in, in small letters. */
  readonly people: ReadonlySet<string>;
  /** Whether something is still to be done for it. */
  readonly isBusy: boolean;
  /** Takes the name from a callback or a list; the first one stays. */
  learnName(name: string | undefined): void;
  /** A callback named it. */
  hint(): void;
  /** Somebody came or went. `happenedAt` is the callback's Timestamp (ms since 1970); undefined makes it only a hint. */
  reportParticipant(callSid: string, isIn: boolean, happenedAt: number | undefined): void;
  /** A callback named its recording. */
  reportRecording(recordingSid: string, hasBegun: boolean): void;
  /** Has it read, when there is time. */
  resync(): void;
  /** Stops all work on it. */
  end(): void;
}

const RESYNC: Cause = { what: 'resync', at: undefined };
const SETTLING: Cause = { what: 'settling read', at: undefined };

/** A conference of which only the SID is known. Nothing is asked until something is reported, or a resync is asked for. */
export function createConference(sid: string, surroundings: Surroundings): Conference {
  const { space, openRoom, queue, announce, durations, minParticipants, resyncIntervalMs, random } = surroundings;
  const { leaveReport, joinReport, stale, missing: missingMs } = durations;
  const windows = { leave: leaveReport, join: Math.min(joinReport, resyncIntervalMs || Infinity), stale };
  const turns = createTurns(sid, queue, pass);
  const reports: Reports = new Map();
  let name: string | undefined;
  let people = new Set<string>();
  let recording: KnownRecording | undefined;
  /** What asked for the next pass, or for the one that goes on. */
  let cause: Cause | undefined;
  let failures = 0;
  /** When a callback last came, or a write failed that may be obeyed late; when it was last read (ms, monotonic). */
  let unsettledAt = -Infinity;
  let readAt = -Infinity;
  let missingSince: number | undefined;
  let urgentResume: Promise<void> | undefined;
  let writes = 0;
  let isOver = false;

  function snapshot(): Snapshot {
    const state = recording && believedState(recording);
    return { sid, name, people: new Set(people), recordingSid: recording?.sid, recording: state };
  }

  function takeHint(what: Cause['what']): Cause {
    const hint = { what, at: performance.now() };
    cause = hint;
    unsettledAt = hint.at;
    if (recording) allowOneMoreWrite(recording);
    return hint;
  }

  /** Reads and writes until all is as it should be. @returns when to look again */
  async function pass(): Promise<Deadline | undefined> {
    try {
      await converge();
      failures = 0;
      queue.onAnswer(undefined);
      if (!isOver) announce({ what: 'succeeded', whose: sid });
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
      const before = { writes, recordingSid: recording?.sid, cause, at: performance.now() };
      const callers = name === undefined ? [] : openRoom.callersOf(name);
      const hasBeenRead = readAt > -Infinity;
      const known = { sid, name, people, reports, recordingSid: recording?.sid, callers, hasBeenRead, missingSince };
      const seen = await observe(known, { space, windows, missingMs });
      if (isOver) return;
      if (seen.what === 'over') return surroundings.onOver(conference);
      missingSince = seen.what === 'missing' ? (missingSince ?? before.at) : undefined;
      if (seen.what === 'missing') throw seen.error;
      name ??= seen.name;
      people = seen.people;
      // A write that set out meanwhile makes what was read of the recording worthless.
      if (writes !== before.writes) continue;
      // A callback named another recording meanwhile: the pass that follows reads that one.
      if (recording?.sid !== before.recordingSid) return;
      readAt = before.at;
      // A callback that came meanwhile is the cause, unless another one asked for this pass.
      const because = before.cause?.at === undefined ? (cause ?? RESYNC) : before.cause;
      takeRecording(seen.recording, because);
      const desired = desiredState(people.size, minParticipants);
      if (recording && needsWrite(desired, recording)) {
        await write(recording, desired, because);
      } else {
        // A callback that came after it is still to be dealt with.
        if (cause === because) cause = undefined;
        return;
      }
    }
  }

  function takeRecording(found: Recording | undefined, because: Cause): void {
    const isSame = found?.sid.toLowerCase() === recording?.sid.toLowerCase();
    const { observed, lastWrite } = recording ?? {};
    if (found && !isSame) recording = knowRecording(found.sid, found.state);
    // One that can't be read anywhere may be there all the same.
    else if (recording) takeRead(recording, found?.state);
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
      if (isNotFound(error) || isUnprocessable(error)) target.refusals += 1;
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
    if (!isMissing) announce({ what: 'failed', whose: sid, error });
    const max = isMissing ? Math.max(durations.retryMax, resyncIntervalMs) : durations.retryMax;
    return { at: performance.now() + backoff(failures, error, durations, random, max), urgency: 'retry' };
  }

  /** A settling read once the reports have run out, one more later, and a resync an interval after the last read (R9). */
  function nextRead(): Deadline | undefined {
    if (isOver || surroundings.isStopping()) return undefined;
    const settleAt = [leaveReport, joinReport]
      .map((window) => unsettledAt + window + durations.settle)
      .find((at) => at > readAt);
    // Spread, so that conferences which were found together don't come back together.
    const resyncAt = resyncIntervalMs > 0 ? readAt + resyncIntervalMs * (0.9 + random() / 10) : Infinity;
    if (settleAt !== undefined && settleAt < resyncAt) return deadline(settleAt, SETTLING);
    return resyncAt < Infinity ? deadline(resyncAt, RESYNC) : undefined;
  }

  function deadline(at: number, because: Cause): Deadline {
    const onReached = () => {
      cause ??= because;
    };
    return { at, urgency: because === SETTLING ? 'retry' : 'resync', onReached };
  }

  const conference: Conference = {
    sid,
    get name() {
      return name;
    },
    get people() {
      return people;
    },
    get isBusy() {
      return !isOver && (!turns.isIdle || failures > 0 || urgentResume !== undefined);
    },
    learnName(learned) {
      name ??= learned;
    },
    hint() {
      takeHint('conference callback');
      announce({ what: 'reported', conference: snapshot() });
      turns.ask('hint');
    },
    reportParticipant(callSid, isIn, happenedAt) {
      const isNews =
        isFresh(happenedAt, space.now(), stale) && addReport(reports, { callSid, isIn, happenedAt }, performance.now());
      if (isNews && isIn) people.add(callSid.toLowerCase());
      if (isNews && !isIn) people.delete(callSid.toLowerCase());
      if (isNews && !isIn) openRoom.left(callSid);
      const hint = takeHint(isIn ? 'join' : 'leave');
      announce({ what: 'participant', conference: snapshot(), callSid, isIn });
      const isEnough = desiredState(people.size, minParticipants) === 'in-progress';
      if (isNews && isIn && isEnough && recording && mayBePaused(recording)) resumeNow(recording, hint);
      turns.ask('hint');
    },
    reportRecording(recordingSid, hasBegun) {
      const hint = takeHint('recording callback');
      const isOther = recordingSid.toLowerCase() !== recording?.sid.toLowerCase();
      if (hasBegun && isOther) recording = knowRecording(recordingSid, 'in-progress');
      announce({ what: 'reported', conference: snapshot(), cause: hint });
      turns.ask('hint');
    },
    resync() {
      cause ??= RESYNC;
      turns.ask('resync');
    },
    end() {
      isOver = true;
      turns.end();
    },
  };
  return conference;
}
