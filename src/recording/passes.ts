import type { Emit, Trigger } from '../recorder-events.js';
import type { Recording } from '../signalwire/space.js';
import { backoff } from './backoff.js';
import type { ConferenceContext } from './conference-context.js';
import { type ConferenceState, snapshotOf } from './conference-state.js';
import type { Duty } from './duty.js';
import { applyRead, createKnownRecording, hasTakenEffect } from './known-recording.js';
import { nextRead, RESYNC } from './next-read.js';
import { observe } from './observation.js';
import type { Priority } from './pass-queue.js';
import { createPassScheduler, type Deadline } from './pass-scheduler.js';
import { desiredState } from './recording-policy.js';
import type { RecordingWriter } from './recording-writer.js';
import { reportWindows } from './reports.js';
import { isGivenUp, needsWrite } from './write-decisions.js';

/** The passes of one conference: in each it is read, and its recording written, until that is as desired. */
export interface Passes {
  /** Whether none is running or queued. */
  isIdle(): boolean;
  /** Whether the last one failed, or SignalWire didn't know the conference. */
  hasFailed(): boolean;
  /** Requests a pass. If the conference isn't ours, the copy that works on it gets time to do so first. */
  request(priority: Priority): void;
  /** Requests a pass, whichever copy owns the conference. */
  force(priority: Priority): void;
  /** The next retry comes soon, as if there had been no failure. */
  restartBackoff(): void;
  /** Sets the deadline of the next pass by what is known now, if none is running or queued. */
  resetDeadline(): void;
  /** Runs no more passes. */
  stop(): void;
}

export interface PassesOptions {
  state: ConferenceState;
  context: ConferenceContext;
  duty: Duty;
  writer: RecordingWriter;
  emit: Emit;
  /** Publishes what we know after a read. */
  publish(because: Trigger['kind']): void;
  /** Called when the conference is over; must call `stop`. */
  onOver(): void;
}

export function createPasses({ state, context, duty, writer, emit, publish, onOver }: PassesOptions): Passes {
  const { space, openRoom, queue, durations, policyFor, resyncIntervalMs, random } = context;
  const { sid } = state;
  const windows = reportWindows(durations, resyncIntervalMs);
  const scheduler = createPassScheduler(sid, queue, runPass);
  let deadlineTrigger = RESYNC;
  let failures = 0;
  /** When the last read that included the recording began (ms, monotonic). */
  let recordingReadAt = -Infinity;
  /** How long the last read took (ms). */
  let readMs = 0;
  let isStopped = false;

  const desired = () => desiredState(state.people.counted.size, policyFor(state.name));

  async function runPass(): Promise<Deadline | undefined> {
    if (duty.isDoneByOther(state.unsettledAt)) return duty.deadline(state.unsettledAt);
    duty.begin();
    const isFollowUp = failures === 0 && state.missingSince === undefined && state.readAt > -Infinity;
    if (isFollowUp && !state.pendingTrigger && deadlineTrigger === RESYNC)
      emit({ type: 'resync-began', lateMs: performance.now() - state.readAt - resyncIntervalMs });
    try {
      const isFound = await reconcile();
      if (isFound) queue.recordSuccess(readMs);
      emit({ type: 'requests-answered', subject: sid });
      if (!isFound) {
        publish(deadlineTrigger.kind);
        const next = nextAttempt(undefined, Math.max(durations.retryMax, resyncIntervalMs));
        duty.finish();
        return duty.isOurs() ? next : duty.deadline(state.unsettledAt);
      }
      failures = 0;
      duty.finish();
      return scheduleRead();
    } catch (error) {
      queue.recordFailure(error);
      emit({ type: 'requests-failed', subject: sid, error });
      return nextAttempt(error, durations.retryMax);
    }
  }

  /**
   * Reads, writes the difference, and reads again until there is none (R5).
   *
   * @returns false on a 404 although the conference isn't over, which is no failure: one person may be waiting alone
   * @throws SpaceError
   */
  async function reconcile(): Promise<boolean> {
    // Each resync tries a pause once that was given up: whatever made SignalWire refuse it may be over.
    let mayTryGivenUp = deadlineTrigger === RESYNC && failures === 0;
    while (!isStopped) {
      await writer.urgentResume();
      const before = {
        writeCount: writer.count(),
        recordingSid: state.recording?.sid,
        trigger: state.pendingTrigger,
        at: performance.now(),
      };
      const callers = state.name === undefined ? [] : openRoom.callersOf(state.name);
      const { people, reports, recording, missingSince } = state;
      const hasBeenRead = state.readAt > -Infinity;
      const trustsRecording = before.trigger === undefined && deadlineTrigger === RESYNC && isRecordingSettled();
      const known = { sid, people, reports, recording, trustsRecording, callers, hasBeenRead, missingSince };
      const observation = await observe(known, {
        space,
        windows,
        durations,
        countHeld: policyFor(state.name).countHeld,
      });
      readMs = performance.now() - before.at;
      if (!isStopped && observation.kind === 'over') onOver();
      if (isStopped || observation.kind === 'over') break;
      if (observation.kind === 'missing') {
        state.missingSince ??= before.at;
        return false;
      }
      state.missingSince = undefined;
      state.people = observation.people;
      // A write was sent meanwhile, so what we read of the recording is outdated.
      if (writer.count() !== before.writeCount) continue;
      // A callback named another recording meanwhile. It has requested a pass, which reads that one.
      if (state.recording?.sid !== before.recordingSid) break;
      state.readAt = before.at;
      if (!trustsRecording) recordingReadAt = before.at;
      const trigger = before.trigger ?? state.pendingTrigger ?? deadlineTrigger;
      applyRecording(observation.recording, trigger);
      const { recording: current } = state;
      const isRetried = mayTryGivenUp && current !== undefined && desired() === 'paused' && isGivenUp(current);
      if (!current || !(isRetried || needsWrite(desired(), current))) {
        // A callback that arrived later is left for the next pass.
        if (state.pendingTrigger === trigger) state.pendingTrigger = undefined;
        break;
      }
      mayTryGivenUp = false;
      await writer.write(current, desired(), trigger);
    }
    return true;
  }

  /** Whether the last read, which included the recording, found it as desired, and nothing has happened since. */
  function isRecordingSettled(): boolean {
    const { recording, readAt, unsettledAt } = state;
    if (!recording || recording.lastWrite || recordingReadAt < readAt || unsettledAt > readAt) return false;
    return recording.observed === desired();
  }

  /** @param read undefined if no recording was found; the known recording may still exist, so it is kept */
  function applyRecording(read: Recording | undefined, trigger: Trigger): void {
    const isSame = read?.sid.toLowerCase() === state.recording?.sid.toLowerCase();
    const { observed, lastWrite } = state.recording ?? {};
    const tookEffect = isSame && hasTakenEffect(lastWrite, read?.state);
    if (read && state.recording && isSame) applyRead(state.recording, read.state);
    else if (read) state.recording = createKnownRecording(read.sid, read.state);
    const conference = snapshotOf(state);
    if (tookEffect) emit({ type: 'recording-written', state: lastWrite.state, conference, observed, trigger });
    emit({ type: 'conference-read', conference, trigger });
    publish(trigger.kind);
  }

  /** @returns the deadline of the next attempt, after a wait that grows up to `maxMs` */
  function nextAttempt(error: unknown, maxMs: number): Deadline | undefined {
    if (isStopped) return undefined;
    failures += 1;
    return { at: performance.now() + backoff(failures, error, durations, random, maxMs), priority: 'retry' };
  }

  function scheduleRead(): Deadline | undefined {
    if (context.isStopping()) return undefined;
    if (!duty.isOurs()) return duty.deadline(state.unsettledAt);
    const { readAt, unsettledAt, reports } = state;
    const next = nextRead({ readAt, unsettledAt, reports, windows, durations, resyncIntervalMs });
    deadlineTrigger = next.trigger;
    return next.deadline;
  }

  return {
    isIdle: scheduler.isIdle,
    hasFailed: () => failures > 0,
    request(priority) {
      if (duty.isWorking()) scheduler.request(priority);
      else scheduler.setDeadline(duty.deadline(state.unsettledAt));
    },
    force: (priority) => scheduler.request(priority),
    restartBackoff() {
      failures = 0;
    },
    resetDeadline() {
      // While SignalWire doesn't know it, nothing is settled by reading it soon.
      scheduler.setDeadline(state.missingSince === undefined ? scheduleRead() : duty.deadline(state.unsettledAt));
    },
    stop() {
      isStopped = true;
      scheduler.stop();
    },
  };
}
