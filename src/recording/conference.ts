import type { Announce, Cause, Snapshot } from '../announcements.js';
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
import type { Outage } from './outage.js';
import { desiredState, isFresh, LASTING_REFUSALS, mayBePaused, needsWrite } from './policy.js';
import { addReport, type Reports } from './reports.js';
import type { Urgency, UrgencyQueue } from './urgency-queue.js';

/** What all conferences of a process share. */
export interface Surroundings {
  space: ConferenceSpace;
  queue: UrgencyQueue;
  outage: Outage;
  announce: Announce;
  durations: Durations;
  /** The recording runs while at least this many people are in. */
  minParticipants: number;
  /** Milliseconds from one read of a conference to the next; 0 reads only what callbacks ask for. */
  resyncIntervalMs: number;
  /** From 0 up to, and without, 1. */
  random: () => number;
  /** Calls that were sent to the room of that name and may be alive. */
  callersOf(name: string): Iterable<string>;
  /** A caller has left, as a fresh callback says. */
  onLeft(callSid: string): void;
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
  /** Somebody came or went. `happenedAt` is the callback's Timestamp (ms since 1970); undefined makes it only a hint. */
  reportParticipant(callSid: string, isIn: boolean, happenedAt: number | undefined): void;
  /** A callback named its recording. */
  reportRecording(recordingSid: string, hasBegun: boolean): void;
  /** A callback named it. */
  hint(): void;
  /** Has it read, when there is time. */
  resync(): void;
  /** Stops all work on it. */
  end(): void;
}

/** A conference of which only the SID is known. Nothing is asked until something is reported, or a resync is asked for. */
export function createConference(sid: string, surroundings: Surroundings): Conference {
  const { space, queue, outage, announce, durations, minParticipants, resyncIntervalMs, random } = surroundings;
  const reports: Reports = new Map();
  const windows = { leave: durations.leaveReport, join: Math.min(durations.joinReport, resyncIntervalMs || Infinity) };
  let name: string | undefined;
  let people = new Set<string>();
  let recording: KnownRecording | undefined;
  let announced: Pick<Snapshot, 'recordingSid' | 'recording'> = { recordingSid: undefined, recording: undefined };
  let turn: 'idle' | 'waiting' | 'passing' | 'over' = 'idle';
  let trigger: Urgency | undefined;
  let cause: Cause | undefined;
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;
  let isStuck = false;
  let hintedAt = Number.NEGATIVE_INFINITY;
  let readAt = Number.NEGATIVE_INFINITY;
  let missingSince: number | undefined;
  let urgentResume: Promise<void> | undefined;
  let writes = 0;

  const snapshot = (): Snapshot => ({ sid, name, people: new Set(people), ...announced });
  const isOver = () => turn === 'over';

  /** Has the conference read, in its turn. */
  function ask(urgency: Urgency): void {
    if (isOver()) return;
    clearTimeout(timer);
    if (turn === 'passing') {
      trigger = trigger === 'hint' ? trigger : urgency;
    } else if (turn === 'waiting') {
      queue.hasten(sid, urgency);
    } else {
      turn = 'waiting';
      queue.add(sid, urgency, pass);
    }
  }

  function takeHint(what: Cause['what']): void {
    cause = { what, at: performance.now() };
    hintedAt = performance.now();
    if (recording) allowOneMoreWrite(recording);
    announce({ what: 'reported', conference: snapshot() });
  }

  /** One read, and as many writes and reads as it takes; then the next deadline is set. */
  async function pass(): Promise<void> {
    if (isOver()) return;
    turn = 'passing';
    trigger = undefined;
    let retryAt: number | undefined;
    try {
      await converge();
      if (isOver()) return;
      queue.onAnswer(undefined);
      succeed();
    } catch (error) {
      if (isOver()) return;
      queue.onAnswer(error);
      retryAt = fail(error);
    }
    turn = 'idle';
    if (trigger) ask(trigger);
    else setTimer(retryAt);
  }

  /** Reads, writes the difference, and reads again until there is none (R5). */
  async function converge(): Promise<void> {
    while (!isOver()) {
      await urgentResume;
      const before = { writes, recordingSid: recording?.sid, cause, at: performance.now() };
      const callers = name === undefined ? [] : surroundings.callersOf(name);
      const known = { sid, people, reports, recordingSid: before.recordingSid, callers, missingSince };
      const seen = await observe(known, { space, windows, durations });
      if (isOver()) return;
      if (seen.what === 'over') return surroundings.onOver(conference);
      missingSince = seen.what === 'missing' ? (missingSince ?? before.at) : undefined;
      if (seen.what === 'missing') throw seen.error;
      people = seen.people;
      // A write that set out meanwhile makes what was read of the recording worthless.
      if (writes !== before.writes) continue;
      // A callback named another recording meanwhile: the pass that follows it reads that one.
      if (recording?.sid !== before.recordingSid) return;
      readAt = before.at;
      // A callback that came meanwhile is the cause, unless another one asked for this pass.
      const because = before.cause?.at === undefined ? (cause ?? RESYNC) : before.cause;
      takeRecording(seen.recording, because);
      const desired = desiredState(people.size, minParticipants);
      if (!recording || !needsWrite(desired, recording)) return clearCause(because);
      await write(recording, desired, because);
    }
  }

  // A callback that came after it is still to be dealt with.
  function clearCause(dealtWith: Cause): void {
    if (cause === dealtWith) cause = undefined;
  }

  function takeRecording(found: Recording | undefined, because: Cause): void {
    const { observed, lastWrite } = recording ?? {};
    const isSame = found?.sid.toLowerCase() === recording?.sid.toLowerCase();
    if (found && recording && isSame) takeRead(recording, found.state);
    else if (found) recording = knowRecording(found.sid, found.state);
    // One that can't be read anywhere may be there all the same, unless SignalWire has refused to change it.
    else if (recording && recording.refusals > 0) recording = undefined;
    // A write that failed, or wasn't answered, was obeyed all the same.
    const obeyed = isSame && lastWrite?.outcome === 'failed' && found?.state === lastWrite.state;
    announceChange(obeyed ? lastWrite.state : undefined, observed, because);
    announce({ what: 'read', conference: snapshot(), observed: found?.state });
  }

  function announceChange(obeyed: RecordingState | undefined, observed: ObservedState | undefined, because: Cause) {
    const state = recording && believedState(recording);
    const isOther = recording?.sid !== announced.recordingSid;
    const isChanged = announced.recording !== undefined && announced.recording !== state;
    announced = { recordingSid: recording?.sid, recording: state === 'over' ? undefined : state };
    if (!isOther && !isChanged) return;
    const isNew = isOther && state === 'in-progress' && because.at !== undefined;
    const change = isNew ? 'began' : (`found ${state ?? 'over'}` as const);
    if (obeyed) announceWritten(obeyed, snapshot(), observed, because);
    else announce({ what: 'recording', change, conference: snapshot(), observed, cause: because });
  }

  function announceWritten(
    state: RecordingState,
    then: Snapshot,
    observed: ObservedState | undefined,
    because: Cause,
  ): void {
    const change = state === 'paused' ? 'paused' : 'resumed';
    announce({ what: 'recording', change, conference: then, observed, cause: because });
    const reactionMs = because.at === undefined ? undefined : performance.now() - because.at;
    announce({ what: 'written', state, because: because.what, reactionMs });
  }

  async function write(target: KnownRecording, state: RecordingState, because: Cause): Promise<void> {
    const then = snapshot();
    const { observed } = target;
    const sent = beginWrite(target, state);
    writes += 1;
    try {
      await space.updateRecording(sid, target.sid, state);
    } catch (error) {
      // Then it's done already: the write before it was acknowledged.
      if (isUnprocessable(error) && sent.isRepeat) return acknowledge(target, sent);
      sent.outcome = 'failed';
      if (isRefusal(error)) target.refusals += 1;
      // It may be obeyed late: it's read again after it could have been.
      else hintedAt = performance.now();
      throw error;
    }
    acknowledge(target, sent);
    announceWritten(state, then, observed, because);
    if (isOver() || target !== recording) return;
    announced = { recordingSid: target.sid, recording: believedState(target) === 'paused' ? 'paused' : 'in-progress' };
    announce({ what: 'read', conference: snapshot(), observed: undefined });
  }

  /** Resumes the recording at once, outside any pass (R2). A failure is left to the pass that follows. */
  function resumeNow(target: KnownRecording, because: Cause): void {
    urgentResume ??= write(target, 'in-progress', because)
      .catch((error: unknown) => void fail(error))
      .finally(() => {
        urgentResume = undefined;
      });
  }

  function succeed(): void {
    outage.worked(sid);
    if (isStuck) announce({ what: 'unstuck', conference: snapshot() });
    isStuck = false;
    failures = 0;
  }

  /** @returns when to try again (ms, monotonic) */
  function fail(error: unknown): number {
    failures += 1;
    announce({ what: 'retried', whose: sid, error });
    const isMissing = missingSince !== undefined;
    if (!isRefusal(error)) {
      outage.failed(sid, error);
    } else {
      outage.worked(sid);
      if (failures >= LASTING_REFUSALS && !isStuck && !isMissing) {
        isStuck = true;
        announce({ what: 'stuck', conference: snapshot(), reason: String(error) });
      }
    }
    // Somebody may wait alone for long in a conference that the API doesn't know yet.
    const max = isMissing ? Math.max(durations.retryMax, resyncIntervalMs) : durations.retryMax;
    return performance.now() + backoff(failures, error, durations, random, max);
  }

  /** Sets the one deadline: the next try, the next settling read or the next resync. */
  function setTimer(retryAt: number | undefined): void {
    clearTimeout(timer);
    if (retryAt !== undefined) {
      timer = setTimeout(() => ask('retry'), Math.max(0, retryAt - performance.now()));
      return;
    }
    if (surroundings.isStopping()) return;
    // Spread, so that conferences which were found together don't come back together.
    const resyncAt = resyncIntervalMs > 0 ? readAt + resyncIntervalMs * (0.9 + random() / 10) : Infinity;
    const settleAt = [durations.leaveReport, durations.joinReport]
      .map((window) => hintedAt + window + durations.settle)
      .find((at) => at > readAt);
    const isSettling = settleAt !== undefined && settleAt < resyncAt;
    const at = isSettling ? settleAt : resyncAt;
    if (at === Infinity) return;
    timer = setTimeout(
      () => {
        cause ??= isSettling ? SETTLING : RESYNC;
        ask(isSettling ? 'retry' : 'resync');
      },
      Math.max(0, at - performance.now()),
    );
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
      return turn === 'waiting' || turn === 'passing' || failures > 0 || urgentResume !== undefined;
    },
    learnName(learned) {
      name ??= learned;
    },
    reportParticipant(callSid, isIn, happenedAt) {
      const isFreshNews =
        isFresh(happenedAt, space.now(), durations.stale) &&
        addReport(reports, { callSid, isIn, happenedAt }, performance.now());
      if (isFreshNews && isIn) people.add(callSid.toLowerCase());
      else if (isFreshNews) people.delete(callSid.toLowerCase());
      if (isFreshNews && !isIn) surroundings.onLeft(callSid);
      takeHint(isIn ? 'join' : 'leave');
      announce({ what: 'participant', conference: snapshot(), callSid, isIn });
      const isEnough = desiredState(people.size, minParticipants) === 'in-progress';
      if (isFreshNews && isIn && isEnough && recording && cause && mayBePaused(recording)) resumeNow(recording, cause);
      ask('hint');
    },
    reportRecording(recordingSid, hasBegun) {
      takeHint('recording callback');
      if (hasBegun && recordingSid.toLowerCase() !== recording?.sid.toLowerCase()) {
        recording = knowRecording(recordingSid, 'in-progress');
        announceChange(undefined, undefined, cause ?? RESYNC);
      }
      ask('hint');
    },
    hint() {
      takeHint('conference callback');
      ask('hint');
    },
    resync() {
      cause ??= RESYNC;
      ask('resync');
    },
    end() {
      turn = 'over';
      clearTimeout(timer);
      outage.forget(sid);
    },
  };
  return conference;
}

const RESYNC: Cause = { what: 'resync', at: undefined };
const SETTLING: Cause = { what: 'settling read', at: undefined };

// The conference isn't known yet, or its recording is gone or can't be changed: the next pass finds out.
function isRefusal(error: unknown): boolean {
  return isNotFound(error) || isUnprocessable(error);
}
