import type { Emit, Trigger } from '../recorder-events.js';
import type { RecordingState } from '../signalwire/space.js';
import { isNotFound, isUnprocessable } from '../signalwire/space-error.js';
import type { ConferenceContext } from './conference-context.js';
import { type ConferenceState, snapshotOf } from './conference-state.js';
import { beginWrite, type KnownRecording, markAcknowledged, markRefused } from './known-recording.js';
import { desiredState } from './recording-policy.js';
import { isGivenUp, mayBePaused } from './write-decisions.js';

/** Pauses and resumes the recording of one conference. */
export interface RecordingWriter {
  /** How many writes have been sent. */
  count(): number;
  /** The urgent resume that is in flight; undefined if none is. Never rejects. */
  urgentResume(): Promise<void> | undefined;
  /** @throws SpaceError */
  write(target: KnownRecording, state: RecordingState, trigger: Trigger): Promise<void>;
  /**
   * If enough people are in, resumes a recording that is or may be paused, at once and outside any pass (R2). The pass that follows
   * tries again if that fails.
   */
  resumeIfNeeded(trigger: Trigger): void;
}

/** @param onWritten called when SignalWire has acknowledged a write */
export function createRecordingWriter(
  state: ConferenceState,
  { space, policyFor }: Pick<ConferenceContext, 'space' | 'policyFor'>,
  emit: Emit,
  onWritten: (trigger: Trigger, written: RecordingState) => void,
): RecordingWriter {
  const { sid } = state;
  let urgentResume: Promise<void> | undefined;
  let count = 0;

  async function write(target: KnownRecording, written: RecordingState, trigger: Trigger): Promise<void> {
    const conference = snapshotOf(state);
    const { observed, lastWrite } = target;
    const wasAcknowledgedBefore = lastWrite?.state === written && lastWrite.outcome === 'acknowledged';
    const wasGivenUp = written === 'paused' && isGivenUp(target);
    const sent = beginWrite(target, written);
    count += 1;
    try {
      await space.updateRecording(sid, target.sid, written, policyFor(state.name).pauseBehavior);
    } catch (error) {
      // SignalWire refuses to repeat a change that it has acknowledged: there is nothing left to change.
      if (isUnprocessable(error) && wasAcknowledgedBefore) return markAcknowledged(target, sent);
      sent.outcome = 'failed';
      if (isNotFound(error) || isUnprocessable(error)) markRefused(sent);
      else state.unsettledAt = performance.now(); // It may still take effect, so settling reads follow.
      // That it is refused once more is no news.
      if (wasGivenUp && sent.wasRefused) return;
      throw error;
    }
    markAcknowledged(target, sent);
    emit({ type: 'recording-written', state: written, conference, observed, trigger });
    onWritten(trigger, written);
  }

  return {
    count: () => count,
    urgentResume: () => urgentResume,
    write,
    resumeIfNeeded(trigger) {
      const { recording, people, name } = state;
      if (!recording || !mayBePaused(recording)) return;
      if (desiredState(people.counted.size, policyFor(name)) === 'paused') return;
      urgentResume ??= write(recording, 'in-progress', trigger)
        .catch((error: unknown) => emit({ type: 'requests-failed', subject: sid, error }))
        .finally(() => {
          urgentResume = undefined;
        });
    },
  };
}
