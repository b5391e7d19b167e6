import { type CallbackContext, recordingCallback } from './callbacks.js';
import {
  activeParticipants,
  type Conference,
  countAudio,
  isRecordingOver,
  isRunning,
  type Participant,
  type Recording,
  type RecordingStatus,
  type Resource,
} from './resources.js';
import type { SpaceModel, SpaceModelOptions } from './space-model.js';
import { appendValue, current } from './timeline.js';

/** What happens to the recordings of a space's conferences. `trigger` is the participant whom callbacks about a recording name. */
export interface ConferenceRecordings extends Pick<SpaceModel, 'updateRecording' | 'deleteRecording'> {
  /** Begins a recording, if the conference's LaML asks for one. */
  begin(conference: Conference, trigger: Participant): void;
  /** Completes those that aren't over, as the end of their conference does. */
  complete(conference: Conference, trigger: Participant): void;
  /** Must be called after every change to a conference's participants or recordings, mute excepted. */
  onConferenceChanged(conference: Conference): void;
}

export interface ConferenceRecordingsOptions
  extends Pick<SpaceModelOptions, 'traits' | 'now' | 'countHeld' | 'onCallback' | 'onChange'> {
  newResource(): Resource;
  callbackContext(): CallbackContext;
}

export function createConferenceRecordings(options: ConferenceRecordingsOptions): ConferenceRecordings {
  const { traits, now, countHeld = true, onCallback, onChange, newResource, callbackContext } = options;

  function report(conference: Conference, recording: Recording, { call }: Participant): void {
    const callback = recordingCallback(callbackContext(), conference, recording, call);
    if (callback) onCallback(callback, conference);
  }

  function setStatus(recording: Recording, status: RecordingStatus): void {
    countAudio(recording, now());
    appendValue(recording.status, now(), status);
    recording.updatedAt = now();
  }

  function onConferenceChanged(conference: Conference): void {
    conference.updatedAt = now();
    // The meter ignores a conference that isn't supposed to be recorded.
    if (conference.laml.record !== 'record-from-start') return;
    // Without a recording that could be resumed nothing can be lost, so the meter sees no people.
    const hasRecording = !conference.recordings.every(isRecordingOver);
    const counted = activeParticipants(conference).filter(
      ({ hold, laml }) => countHeld || !(current(hold) || laml.coach),
    );
    const people = hasRecording ? counted.length : 0;
    conference.meter.update(people, conference.recordings.some(isRunning));
  }

  return {
    onConferenceChanged,

    begin(conference, trigger) {
      if (conference.laml.record !== 'record-from-start') return;
      const recording: Recording = {
        ...newResource(),
        status: [],
        pauseBehavior: 'silence',
        trim: conference.laml.trim,
        audioMs: 0,
        countedAt: now(),
      };
      appendValue(recording.status, now(), 'in-progress');
      conference.recordings.unshift(recording);
      onChange({ type: 'recording', conference });
      report(conference, recording, trigger);
    },

    complete(conference, trigger) {
      for (const recording of conference.recordings) {
        if (isRecordingOver(recording)) continue;
        setStatus(recording, 'completed');
        report(conference, recording, trigger);
      }
    },

    updateRecording(conference, recording, status, pauseBehavior) {
      if (isRecordingOver(recording)) return false;
      if (current(recording.status) === status) return traits.redundantUpdate === '200';
      if (status === 'paused') recording.pauseBehavior = pauseBehavior;
      setStatus(recording, status);
      onConferenceChanged(conference);
      onChange({ type: 'recording', conference });
      return true;
    },

    deleteRecording(conference, recording) {
      conference.recordings = conference.recordings.filter((one) => one !== recording);
      onConferenceChanged(conference);
    },
  };
}
