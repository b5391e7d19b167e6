import type { ConferenceSnapshot, Emit, Trigger } from '../recorder-events.js';
import type { Recording, RecordingState } from '../signalwire/space.js';
import { isNotFound, isUnprocessable } from '../signalwire/space-error.js';
import { createAssessor } from './assessment.js';
import { backoff } from './backoff.js';
import type { ConferenceContext } from './conference-context.js';
import { createDuty } from './duty.js';
import {
  applyRead,
  beginWrite,
  believedState,
  createKnownRecording,
  hasTakenEffect,
  type KnownRecording,
  liftWriteLimits,
  markAcknowledged,
  markRefused,
} from './known-recording.js';
import { nextRead, RESYNC } from './next-read.js';
import { observe } from './observation.js';
import type { Priority } from './pass-queue.js';
import { createPassScheduler, type Deadline } from './pass-scheduler.js';
import { type Change, isCountedAfter, type People } from './people.js';
import { desiredState } from './recording-policy.js';
import { addReport, delayOf, type Reports, reportChange, reportWindows } from './reports.js';
import type { SharedState } from './sharing.js';
import { mayBePaused, needsWrite } from './write-decisions.js';

/** The actor that owns everything we know about one conference, and keeps its recording in the desired state. */
export type Conference = ReturnType<typeof createConference>;

/**
 * Creates the actor for a conference of which we know only the SID. It sends no request until a callback is reported or a resync
 * is requested. Its methods return at once and never throw.
 *
 * @param onOver called when the conference is over; must call `stop`
 */
export function createConference(sid: string, context: ConferenceContext, onOver: () => void) {
  const { space, openRoom, queue, durations, policyFor, resyncIntervalMs, random, sharing } = context;
  const windows = reportWindows(durations, resyncIntervalMs);
  const scheduler = createPassScheduler(sid, queue, runPass);
  const duty = createDuty(sid, context);
  /** Emits what others have done apart from what we do. */
  const announce: Emit = (event) => (duty.isWorking ? context.emit : sharing.emitOthers)(event);
  const assess = createAssessor(sid, announce, durations.missing);
  const reports: Reports = new Map();
  let name: string | undefined;
  let people: People = { counted: new Set(), held: new Set() };
  let recording: KnownRecording | undefined;
  /** The latest callback that no pass has handled yet; undefined if a pass was started by its deadline. */
  let pendingTrigger: Trigger | undefined;
  let deadlineTrigger = RESYNC;
  let failures = 0;
  /** When we last had reason to expect a change: a callback arrived, or a write failed that may still take effect. */
  let unsettledAt = -Infinity;
  /** When the last complete read began. Times are in ms of the monotonic clock. */
  let readAt = -Infinity;
  /** The same, of the last read that included the recording. */
  let recordingReadAt = -Infinity;
  /** How long the last read took (ms). */
  let readMs = 0;
  let missingSince: number | undefined;
  let urgentResume: Promise<void> | undefined;
  let writeCount = 0;
  let isStopped = false;

  /** Emits nothing after the stop, even if requests are still in flight. Each change of state is followed by an event. */
  const emit: Emit = (event) => {
    if (isStopped) return;
    announce(event);
    assessNow();
  };
  function assessNow(): void {
    const observed = recording && believedState(recording);
    const { counted, held } = people;
    assess({ name, people: counted.size, held: held.size, desired: desired(), observed, readAt, missingSince });
  }

  const desired = () => desiredState(people.counted.size, policyFor(name));
  function snapshot(): ConferenceSnapshot {
    const recordingState = recording && believedState(recording);
    const { counted, held } = people;
    return { sid, name, people: new Set(counted), held: new Set(held), recordingSid: recording?.sid, recordingState };
  }

  function receive(kind: Trigger['kind'], happenedAt: number | undefined): Trigger {
    const trigger = { kind, receivedAt: performance.now(), delayMs: delayOf(happenedAt, space.now()) };
    pendingTrigger = trigger;
    unsettledAt = trigger.receivedAt;
    // SignalWire may know a new conference by now, so the retries start over with short waits.
    if (missingSince !== undefined) failures = 0;
    if (recording) liftWriteLimits(recording);
    return trigger;
  }

  /** Asks for a pass. If the conference isn't ours, we give the copy that works on it time to do so. */
  function request(priority: Priority): void {
    if (duty.isWorking) scheduler.request(priority);
    else scheduler.setDeadline(duty.deadline(unsettledAt));
  }

  function publish(because: Trigger['kind'], written?: RecordingState): void {
    const now = performance.now();
    sharing.publish({
      type: 'state',
      state: {
        conferenceSid: sid,
        name,
        known: missingSince === undefined ? { people, recording } : undefined,
        readAgoMs: readAt > -Infinity ? now - readAt : undefined,
        written,
        because,
        reports: [...reports.values()].map(({ callSid, change, happenedAt, reportedAt }) => ({
          callSid,
          change,
          happenedAt,
          agoMs: now - reportedAt,
        })),
      },
    });
  }

  async function runPass(): Promise<Deadline | undefined> {
    duty.begin();
    const isFollowUp = failures === 0 && missingSince === undefined && readAt > -Infinity;
    if (isFollowUp && !pendingTrigger && deadlineTrigger === RESYNC)
      announce({ type: 'resync-began', lateMs: performance.now() - readAt - resyncIntervalMs });
    try {
      const isFound = await reconcile();
      if (isFound) queue.recordSuccess(readMs);
      emit({ type: 'requests-answered', subject: sid });
      if (!isFound) {
        publish(deadlineTrigger.kind);
        const next = nextAttempt(undefined, Math.max(durations.retryMax, resyncIntervalMs));
        duty.finish();
        return duty.isOurs ? next : duty.deadline(unsettledAt);
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
    while (!isStopped) {
      await urgentResume;
      const before = { writeCount, recordingSid: recording?.sid, trigger: pendingTrigger, at: performance.now() };
      const callers = name === undefined ? [] : openRoom.callersOf(name);
      const hasBeenRead = readAt > -Infinity;
      const trustsRecording = before.trigger === undefined && deadlineTrigger === RESYNC && isRecordingSettled();
      const known = { sid, people, reports, recording, trustsRecording, callers, hasBeenRead, missingSince };
      const observation = await observe(known, { space, windows, durations, countHeld: policyFor(name).countHeld });
      readMs = performance.now() - before.at;
      if (!isStopped && observation.kind === 'over') onOver();
      if (isStopped || observation.kind === 'over') break;
      if (observation.kind === 'missing') {
        missingSince ??= before.at;
        return false;
      }
      missingSince = undefined;
      people = observation.people;
      // A write was sent meanwhile, so what we read of the recording is outdated.
      if (writeCount !== before.writeCount) continue;
      // A callback named another recording meanwhile. It has requested a pass, which reads that one.
      if (recording?.sid !== before.recordingSid) break;
      readAt = before.at;
      if (!trustsRecording) recordingReadAt = before.at;
      const trigger = before.trigger ?? pendingTrigger ?? deadlineTrigger;
      applyRecording(observation.recording, trigger);
      if (!recording || !needsWrite(desired(), recording)) {
        // A callback that arrived later is left for the next pass.
        if (pendingTrigger === trigger) pendingTrigger = undefined;
        break;
      }
      await write(recording, desired(), trigger);
    }
    return true;
  }

  /** Whether the last read, which included the recording, found it as desired, and nothing has happened since. */
  function isRecordingSettled(): boolean {
    if (!recording || recording.lastWrite || recordingReadAt < readAt || unsettledAt > readAt) return false;
    return recording.observed === desired();
  }

  /** @param read undefined if no recording was found; the known recording may still exist, so it is kept */
  function applyRecording(read: Recording | undefined, trigger: Trigger): void {
    const isSame = read?.sid.toLowerCase() === recording?.sid.toLowerCase();
    const { observed, lastWrite } = recording ?? {};
    const tookEffect = isSame && hasTakenEffect(lastWrite, read?.state);
    if (read && recording && isSame) applyRead(recording, read.state);
    else if (read) recording = createKnownRecording(read.sid, read.state);
    const conference = snapshot();
    if (tookEffect) emit({ type: 'recording-written', state: lastWrite.state, conference, observed, trigger });
    emit({ type: 'conference-read', conference, trigger });
    publish(trigger.kind);
  }

  async function write(target: KnownRecording, state: RecordingState, trigger: Trigger): Promise<void> {
    const conference = snapshot();
    const { observed, lastWrite } = target;
    const wasAcknowledgedBefore = lastWrite?.state === state && lastWrite.outcome === 'acknowledged';
    const sent = beginWrite(target, state);
    writeCount += 1;
    try {
      await space.updateRecording(sid, target.sid, state, policyFor(name).pauseBehavior);
    } catch (error) {
      // SignalWire refuses to repeat a change that it has acknowledged: there is nothing left to change.
      if (isUnprocessable(error) && wasAcknowledgedBefore) return markAcknowledged(target, sent);
      sent.outcome = 'failed';
      if (isNotFound(error) || isUnprocessable(error)) markRefused(sent);
      else unsettledAt = performance.now(); // It may still take effect, so settling reads follow.
      throw error;
    }
    markAcknowledged(target, sent);
    emit({ type: 'recording-written', state, conference, observed, trigger });
    publish(trigger.kind, state);
  }

  /** Resumes the recording at once, outside any pass (R2). The pass that follows retries it if it fails. */
  function resumeNow(target: KnownRecording, trigger: Trigger): void {
    urgentResume ??= write(target, 'in-progress', trigger)
      .catch((error: unknown) => emit({ type: 'requests-failed', subject: sid, error }))
      .finally(() => {
        urgentResume = undefined;
      });
  }

  function resumeIfNeeded(trigger: Trigger): void {
    if (desired() === 'in-progress' && recording && mayBePaused(recording)) resumeNow(recording, trigger);
  }

  /** @returns the deadline of the next attempt, after a wait that grows up to `maxMs` */
  function nextAttempt(error: unknown, maxMs: number): Deadline | undefined {
    if (isStopped) return undefined;
    failures += 1;
    return { at: performance.now() + backoff(failures, error, durations, random, maxMs), priority: 'retry' };
  }

  function scheduleRead(): Deadline | undefined {
    if (context.isStopping()) return undefined;
    if (!duty.isOurs) return duty.deadline(unsettledAt);
    const next = nextRead({ readAt, unsettledAt, reports, windows, durations, resyncIntervalMs });
    deadlineTrigger = next.trigger;
    return next.deadline;
  }

  return {
    sid,
    get name() {
      return name;
    },
    /** How many people are in the conference, whether they count or not. */
    get occupancy() {
      return people.counted.size + people.held.size;
    },
    /** Whether it has unfinished work. */
    get isBusy() {
      const isRetrying = failures > 0 && missingSince === undefined;
      return !isStopped && (isRetrying || !scheduler.isIdle || urgentResume !== undefined);
    },
    /** Whether it is ours, has never been read and is not waiting to retry. */
    get isNew() {
      return duty.isOurs && readAt === -Infinity && failures === 0;
    },

    /** Sets the name, which comes from a callback or a list, unless it is known already. */
    setNameIfUnknown(received: string | undefined): void {
      name ??= received;
    },

    /** Any callback is a hint to read the conference. `happenedAt` is its Timestamp (ms since 1970); undefined if unknown. */
    reportCallback(happenedAt: number | undefined): void {
      const trigger = receive('conference callback', happenedAt);
      emit({ type: 'conference-reported', conference: snapshot(), trigger });
      request('hint');
    },

    /** Something about a participant has changed. If `happenedAt` is undefined, this is only a hint. */
    reportParticipant(callSid: string, change: Change, happenedAt: number | undefined): void {
      const isNews = reportChange(reports, people, { callSid, change, happenedAt }, space.now(), windows);
      if (isNews && change === 'leave') openRoom.callerLeft(callSid);
      const trigger = receive(change, happenedAt);
      emit({ type: 'participant-reported', conference: snapshot(), callSid, change, trigger });
      if (isNews && isCountedAfter(change) && duty.isWorking) resumeIfNeeded(trigger);
      request('hint');
    },

    /** A callback named the recording. `isRunning`: the callback says that it is in progress. */
    reportRecording(recordingSid: string, isRunning: boolean): void {
      const trigger = receive('recording callback', undefined);
      const isOther = recordingSid.toLowerCase() !== recording?.sid.toLowerCase();
      if (isRunning && isOther) recording = createKnownRecording(recordingSid, 'in-progress');
      emit({ type: 'recording-reported', conference: snapshot(), trigger });
      request('hint');
    },

    resync: () => request('resync'),

    /** The copy that works on it has not answered a report, so we act on it. */
    standIn(): void {
      duty.begin();
      const kind = pendingTrigger?.kind;
      if (pendingTrigger && (kind === 'join' || kind === 'unhold')) resumeIfNeeded(pendingTrigger);
      scheduler.request('hint');
    },

    /** Another copy has read or written it. */
    hear({ name: heardName, known, readAgoMs, written, because, reports: heard }: SharedState): void {
      const now = performance.now();
      duty.heard();
      name ??= heardName;
      // We are at work on it ourselves, and must see what the other copy has written.
      if (duty.isWorking && !scheduler.isIdle) {
        scheduler.request('retry');
        return;
      }
      for (const { callSid, change, happenedAt, agoMs } of heard) {
        addReport(reports, { callSid, change, happenedAt }, now - agoMs);
      }
      missingSince = known ? undefined : (missingSince ?? now);
      if (known) ({ people, recording } = known);
      if (readAgoMs !== undefined) readAt = Math.max(readAt, now - readAgoMs);
      pendingTrigger = undefined;
      const trigger: Trigger = { kind: because, receivedAt: undefined, delayMs: undefined };
      const [conference, observed] = [snapshot(), recording?.observed];
      if (written) sharing.emitOthers({ type: 'recording-written', state: written, conference, observed, trigger });
      else if (known) sharing.emitOthers({ type: 'conference-read', conference, trigger });
      assessNow();
      scheduler.setDeadline(scheduleRead());
    },

    /** Copies came or went. What a change of hands leaves undone is done at once. */
    updateOwnership(): void {
      if (!duty.update()) return;
      if (duty.isOurs && unsettledAt > readAt) request('hint');
      else scheduler.setDeadline(scheduleRead());
    },

    get isOurs() {
      return duty.isOurs;
    },

    /** Whether this copy works on it. */
    get isWorking() {
      return duty.isWorking;
    },

    /** Publishes what we know of it, for a copy that has just started. */
    publish: () => publish('resync'),

    /** Stops all work on it. */
    stop(): void {
      isStopped = true;
      scheduler.stop();
    },
  };
}
