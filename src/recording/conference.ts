import type { ConferenceSnapshot, Emit, Trigger } from '../recorder-events.js';
import type { ObservedState, Recording, RecordingState } from '../signalwire/space.js';
import { isNotFound, isUnprocessable } from '../signalwire/space-error.js';
import { backoff } from './backoff.js';
import type { ConferenceContext } from './conference-context.js';
import {
  acknowledge,
  allowOneMoreWrite,
  applyRead,
  beginWrite,
  believedState,
  createKnownRecording,
  type KnownRecording,
} from './known-recording.js';
import { observe } from './observation.js';
import { createPassScheduler, type Deadline } from './pass-scheduler.js';
import { desiredState, isFresh, mayBePaused, needsWrite } from './policy.js';
import { addReport, type Reports, renewalEnds } from './reports.js';

/** The actor that owns everything we know about one conference, and keeps its recording in the desired state. */
export type Conference = ReturnType<typeof createConference>;

const RESYNC: Trigger = { kind: 'resync', receivedAt: undefined };
const SETTLING_READ: Trigger = { kind: 'settling read', receivedAt: undefined };

/**
 * Creates the actor of a conference of which only the SID is known. It sends no request until a report arrives or a resync is
 * requested. Its methods return at once and never throw.
 *
 * @param onOver called when the conference is over
 */
export function createConference(sid: string, context: ConferenceContext, onOver: () => void) {
  const { space, openRoom, queue, durations, policyFor, resyncIntervalMs, random } = context;
  const { leaveReport, joinReport, stale, missing: missingMs } = durations;
  const windows = { leave: leaveReport, join: Math.min(joinReport, resyncIntervalMs || Infinity), stale };
  const scheduler = createPassScheduler(sid, queue, runPass);
  const reports: Reports = new Map();
  let name: string | undefined;
  let people = new Set<string>();
  let recording: KnownRecording | undefined;
  /** The callback that the next or the present pass answers. If there is none, the deadline is what triggers the pass. */
  let pendingTrigger: Trigger | undefined;
  let deadlineTrigger = RESYNC;
  let failures = 0;
  /** When a callback last arrived, or a write that may be obeyed late last failed (ms, monotonic). */
  let unsettledAt = -Infinity;
  /** When the last complete read began (ms, monotonic). */
  let readAt = -Infinity;
  let missingSince: number | undefined;
  let urgentResume: Promise<void> | undefined;
  let writes = 0;
  let isOver = false;

  /** Emits nothing once the conference is over, even if requests are still in flight. */
  const emit: Emit = (event) => {
    if (!isOver) context.emit(event);
  };

  function desired(): RecordingState {
    return desiredState(people.size, policyFor(name).minParticipants);
  }

  function snapshot(): ConferenceSnapshot {
    const recordingState = recording && believedState(recording);
    return { sid, name, people: new Set(people), recordingSid: recording?.sid, recordingState };
  }

  function receive(kind: Trigger['kind']): Trigger {
    const receivedAt = performance.now();
    const trigger = { kind, receivedAt };
    pendingTrigger = trigger;
    unsettledAt = receivedAt;
    // SignalWire may know a new conference by now, so the retries start over with short waits.
    if (missingSince !== undefined) failures = 0;
    if (recording) allowOneMoreWrite(recording);
    return trigger;
  }

  /** @returns when the next pass is due */
  async function runPass(): Promise<Deadline | undefined> {
    try {
      await reconcile();
      failures = 0;
      queue.adapt(undefined);
      emit({ type: 'requests-answered', subject: sid });
      return nextRead();
    } catch (error) {
      queue.adapt(error);
      return nextRetry(error);
    }
  }

  /** Reads, writes the difference, and reads again until there is none (R5). @throws SpaceError */
  async function reconcile(): Promise<void> {
    while (!isOver) {
      await urgentResume;
      const before = { writes, recordingSid: recording?.sid, trigger: pendingTrigger ?? deadlineTrigger };
      const startedAt = performance.now();
      const callers = name === undefined ? [] : openRoom.callersOf(name);
      const hasBeenRead = readAt > -Infinity;
      const known = { sid, people, reports, recording, callers, hasBeenRead, missingSince };
      const observation = await observe(known, { space, windows, missingMs, counts: policyFor(name).counts });
      if (isOver) return;
      if (observation.kind === 'over') return onOver();
      missingSince = observation.kind === 'missing' ? (missingSince ?? startedAt) : undefined;
      if (observation.kind === 'missing') throw observation.error;
      people = observation.people;
      // A write was sent meanwhile, so what we read of the recording is outdated.
      if (writes !== before.writes) continue;
      // A callback named another recording meanwhile. The next pass reads that one.
      if (recording?.sid !== before.recordingSid) return;
      readAt = startedAt;
      // A callback that arrived meanwhile is the trigger, unless a callback had requested this pass already.
      const isDeadline = before.trigger.receivedAt === undefined;
      const trigger = isDeadline ? (pendingTrigger ?? deadlineTrigger) : before.trigger;
      applyRecording(observation.recording, trigger);
      if (!recording || !needsWrite(desired(), recording)) {
        // A callback that arrived later is left for the next pass.
        if (pendingTrigger === trigger) pendingTrigger = undefined;
        return;
      }
      await write(recording, desired(), trigger);
    }
  }

  function applyRecording(read: Recording | undefined, trigger: Trigger): void {
    const isSame = read?.sid.toLowerCase() === recording?.sid.toLowerCase();
    const { observed, lastWrite } = recording ?? {};
    // A recording that we know may exist even if SignalWire finds it nowhere, so we keep it.
    if (read && recording && isSame) applyRead(recording, read.state);
    else if (read) recording = createKnownRecording(read.sid, read.state);
    const wasObeyed = isSame && lastWrite?.outcome === 'failed' && read?.state === lastWrite.state;
    if (wasObeyed) emitWritten(lastWrite.state, snapshot(), observed, trigger);
    emit({ type: 'conference-read', conference: snapshot(), trigger });
  }

  function emitWritten(
    state: RecordingState,
    conference: ConferenceSnapshot,
    observed: ObservedState | undefined,
    trigger: Trigger,
  ): void {
    const { receivedAt } = trigger;
    const reactionMs = receivedAt === undefined ? undefined : performance.now() - receivedAt;
    emit({ type: 'recording-written', state, conference, observed, trigger, reactionMs });
  }

  async function write(target: KnownRecording, state: RecordingState, trigger: Trigger): Promise<void> {
    const conference = snapshot();
    const { observed, lastWrite } = target;
    const isAcknowledged = lastWrite?.state === state && lastWrite.outcome === 'acknowledged';
    const sent = beginWrite(target, state);
    writes += 1;
    try {
      await space.updateRecording(sid, target.sid, state, policyFor(name).pauseBehavior);
    } catch (error) {
      // SignalWire may refuse a change that it has made already.
      if (isUnprocessable(error) && isAcknowledged) return acknowledge(target, sent);
      sent.outcome = 'failed';
      if (isNotFound(error) || isUnprocessable(error)) sent.refusals += 1;
      // The write may be obeyed late, so the conference is read again after that could have happened.
      else unsettledAt = performance.now();
      throw error;
    }
    acknowledge(target, sent);
    emitWritten(state, conference, observed, trigger);
  }

  /** Resumes the recording at once, outside any pass (R2). The pass that follows retries it if it fails. */
  function resumeNow(target: KnownRecording, trigger: Trigger): void {
    urgentResume ??= write(target, 'in-progress', trigger)
      .catch((error: unknown) => emit({ type: 'requests-failed', subject: sid, error }))
      .finally(() => {
        urgentResume = undefined;
      });
  }

  function nextRetry(error: unknown): Deadline | undefined {
    if (isOver) return undefined;
    failures += 1;
    // The API may not know a conference while somebody waits in it alone. That 404 is an answer, not a failure.
    const isMissing = missingSince !== undefined;
    emit(isMissing ? { type: 'requests-answered', subject: sid } : { type: 'requests-failed', subject: sid, error });
    const max = isMissing ? Math.max(durations.retryMax, resyncIntervalMs) : durations.retryMax;
    return { at: performance.now() + backoff(failures, error, durations, random, max), priority: 'retry' };
  }

  /** A settling read after the reports expire, one more later, and a resync one interval after the last read (R9). */
  function nextRead(): Deadline | undefined {
    if (isOver || context.isStopping()) return undefined;
    const expiries = [unsettledAt + leaveReport, unsettledAt + joinReport, ...renewalEnds(reports, windows)];
    const settleAt = Math.min(...expiries.map((at) => at + durations.settle).filter((at) => at > readAt));
    const resyncAt = resyncIntervalMs > 0 ? readAt + resyncIntervalMs : Infinity;
    const isSettling = settleAt < resyncAt;
    deadlineTrigger = isSettling ? SETTLING_READ : RESYNC;
    if (isSettling) return { at: settleAt, priority: 'retry' };
    return resyncAt < Infinity ? { at: resyncAt, priority: 'resync' } : undefined;
  }

  return {
    sid,
    get name() {
      return name;
    },
    /** CallSids of the people in the conference, in lower case. */
    get people(): ReadonlySet<string> {
      return people;
    },
    /** Whether it has unfinished work. */
    get isBusy() {
      return (
        !isOver && (!scheduler.isIdle || (failures > 0 && missingSince === undefined) || urgentResume !== undefined)
      );
    },
    /** Whether SignalWire has not answered anything about it yet. */
    get isNew() {
      return readAt === -Infinity && failures === 0;
    },

    /** Sets the name, which comes from a callback or a list. The first one stays. */
    setName(received: string | undefined): void {
      name ??= received;
    },

    /** Any callback is a hint to read the conference. */
    reportCallback(): void {
      receive('conference callback');
      emit({ type: 'callback-received', conference: snapshot() });
      scheduler.request('hint');
    },

    /** A participant joined or left. `happenedAt` is the callback's Timestamp (ms since 1970); without one it is only a hint. */
    reportParticipant(callSid: string, isIn: boolean, happenedAt: number | undefined): void {
      const isNews =
        isFresh(happenedAt, space.now(), stale) && addReport(reports, { callSid, isIn, happenedAt }, performance.now());
      if (isNews) people[isIn ? 'add' : 'delete'](callSid.toLowerCase());
      if (isNews && !isIn) openRoom.left(callSid);
      const trigger = receive(isIn ? 'join' : 'leave');
      emit({ type: 'participant-reported', conference: snapshot(), callSid, isIn });
      const makesEnough = isNews && isIn && desired() === 'in-progress';
      if (makesEnough && recording && mayBePaused(recording)) resumeNow(recording, trigger);
      scheduler.request('hint');
    },

    /** A callback named the recording. */
    reportRecording(recordingSid: string, hasBegun: boolean): void {
      const trigger = receive('recording callback');
      const isOther = recordingSid.toLowerCase() !== recording?.sid.toLowerCase();
      if (hasBegun && isOther) recording = createKnownRecording(recordingSid, 'in-progress');
      emit({ type: 'callback-received', conference: snapshot(), trigger });
      scheduler.request('hint');
    },

    resync: () => scheduler.request('resync'),

    /** Stops all work on it. */
    stop(): void {
      isOver = true;
      scheduler.stop();
    },
  };
}
