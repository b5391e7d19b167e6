import type { Emit, Trigger } from '../recorder-events.js';
import type { RecordingState } from '../signalwire/space.js';
import { createAssessor } from './assessment.js';
import type { ConferenceContext } from './conference-context.js';
import { applySharedState, createConferenceState, snapshotOf, toSharedState } from './conference-state.js';
import { createDuty } from './duty.js';
import { believedState, createKnownRecording, type KnownRecording, liftWriteLimits } from './known-recording.js';
import { createPasses } from './passes.js';
import { type Change, isCountedAfter } from './people.js';
import { desiredState } from './recording-policy.js';
import { createRecordingWriter } from './recording-writer.js';
import { delayOf, reportChange, reportWindows } from './reports.js';
import type { SharedState } from './sharing.js';

/** The actor that owns everything we know about one conference, and keeps its recording in the desired state. */
export type Conference = ReturnType<typeof createConference>;

/**
 * Creates the actor for a conference of which we know only the SID. It sends no request until a callback is reported or a resync
 * is requested. Its methods return at once and never throw.
 *
 * @param onOver called when the conference is over; must call `stop`
 */
export function createConference(sid: string, context: ConferenceContext, onOver: () => void) {
  const { space, openRoom, durations, policyFor, resyncIntervalMs, sharing } = context;
  const windows = reportWindows(durations, resyncIntervalMs);
  const duty = createDuty(sid, context);
  /** Emits what others have done apart from what we do. */
  const announce: Emit = (event) => (duty.isWorking() ? context.emit : sharing.emitOthers)(event);
  const assess = createAssessor(sid, announce, durations.missing);
  const state = createConferenceState(sid);
  let isStopped = false;

  /** Emits nothing after the stop, even if requests are still in flight. Each change of state is followed by an event. */
  const emit: Emit = (event) => {
    if (isStopped) return;
    announce(event);
    assessNow();
  };
  function assessNow(): void {
    const observed = state.recording && believedState(state.recording);
    const { counted, held } = state.people;
    const { name, readAt, missingSince } = state;
    assess({ name, people: counted.size, held: held.size, desired: desired(), observed, readAt, missingSince });
  }

  const desired = () => desiredState(state.people.counted.size, policyFor(state.name));

  function receive(kind: Trigger['kind'], happenedAt: number | undefined): Trigger {
    const trigger = { kind, receivedAt: performance.now(), delayMs: delayOf(happenedAt, space.now()) };
    state.pendingTrigger = trigger;
    state.unsettledAt = trigger.receivedAt;
    // SignalWire may know a new conference by now, so the retries start over with short waits.
    if (state.missingSince !== undefined) passes.restartBackoff();
    if (state.recording) liftWriteLimits(state.recording);
    return trigger;
  }

  function publish(because: Trigger['kind'], written?: RecordingState): void {
    if (!isStopped) sharing.publish({ type: 'state', state: toSharedState(state, because, written) });
  }

  const writer = createRecordingWriter(state, context, emit, ({ kind }, written) => publish(kind, written));
  const passes = createPasses({ state, context, duty, writer, emit, publish, onOver });

  function shareRecording({ sid: recordingSid }: KnownRecording): void {
    const report = { type: 'recording', conferenceSid: sid, recordingSid, isRunning: true } as const;
    sharing.publish({ type: 'report', report });
  }

  return {
    sid,
    name: () => state.name,
    /** How many people are in the conference, whether they count or not. */
    occupancy: () => state.people.counted.size + state.people.held.size,
    /** Whether it has unfinished work. */
    isBusy(): boolean {
      const isRetrying = passes.hasFailed() && state.missingSince === undefined;
      return !isStopped && (isRetrying || !passes.isIdle() || writer.urgentResume() !== undefined);
    },
    /** Whether it is ours, has never been read and is not waiting to retry. */
    isNew: () => duty.isOurs() && state.readAt === -Infinity && !passes.hasFailed(),

    /** Sets the name, which comes from a callback or a list, unless it is known already. */
    setNameIfUnknown(received: string | undefined): void {
      state.name ??= received;
    },

    /** Any callback is a hint to read the conference. `happenedAt` is its Timestamp (ms since 1970); undefined if unknown. */
    reportCallback(happenedAt: number | undefined): void {
      const trigger = receive('conference callback', happenedAt);
      emit({ type: 'conference-reported', conference: snapshotOf(state), trigger });
      passes.request('hint');
    },

    /** Something about a participant has changed. If `happenedAt` is undefined, this is only a hint. */
    reportParticipant(callSid: string, change: Change, happenedAt: number | undefined): void {
      const isNews = reportChange(state.reports, state.people, { callSid, change, happenedAt }, space.now(), windows);
      if (isNews && change === 'leave') openRoom.callerLeft(callSid);
      const trigger = receive(change, happenedAt);
      emit({ type: 'participant-reported', conference: snapshotOf(state), callSid, change, trigger });
      if (isNews && isCountedAfter(change) && duty.isWorking()) writer.resumeIfNeeded(trigger);
      passes.request('hint');
    },

    /** A callback named the recording. `isRunning`: the callback says that it is in progress. */
    reportRecording(recordingSid: string, isRunning: boolean): void {
      const trigger = receive('recording callback', undefined);
      const isOther = recordingSid.toLowerCase() !== state.recording?.sid.toLowerCase();
      if (isRunning && isOther) state.recording = createKnownRecording(recordingSid, 'in-progress');
      emit({ type: 'recording-reported', conference: snapshotOf(state), trigger });
      passes.request('hint');
    },

    resync: () => passes.request('resync'),

    /** The copy that works on it has not answered a report, so we act on it. */
    standIn(): void {
      duty.begin();
      const kind = state.pendingTrigger?.kind;
      if (state.pendingTrigger && (kind === 'join' || kind === 'unhold')) writer.resumeIfNeeded(state.pendingTrigger);
      passes.force('hint');
    },

    /** Another copy has read or written it. */
    applyState(shared: SharedState): void {
      const now = performance.now();
      duty.recordRead(shared.known ? now - (shared.readAgoMs ?? Infinity) : now);
      // We are at work on it ourselves, and must see what the other copy has written.
      if (duty.isWorking() && !passes.isIdle()) {
        if (shared.written) passes.force('retry');
        return;
      }
      applySharedState(state, shared, windows);
      const { known, written, because } = shared;
      // Where recordings are not listed, only a copy that received a callback about one knows it.
      if (known && !known.recording && state.recording) shareRecording(state.recording);
      const trigger: Trigger = { kind: because, receivedAt: undefined, delayMs: undefined };
      const [conference, observed] = [snapshotOf(state), state.recording?.observed];
      if (written) sharing.emitOthers({ type: 'recording-written', state: written, conference, observed, trigger });
      else if (known) sharing.emitOthers({ type: 'conference-read', conference, trigger });
      assessNow();
      passes.restartBackoff();
      passes.resetDeadline();
    },

    /** Copies came or went. What a change of hands leaves undone is done at once. @returns whether it has changed hands */
    updateOwnership(): boolean {
      if (!duty.update()) return false;
      if (duty.isOurs() && duty.isUnread(state.unsettledAt)) passes.request('hint');
      else passes.resetDeadline();
      return true;
    },

    isOurs: duty.isOurs,

    /** Publishes what we know of it, for a copy that may not know it. */
    publish: () => publish('resync'),

    /** Stops all work on it. */
    stop(): void {
      isStopped = true;
      passes.stop();
    },
  };
}
