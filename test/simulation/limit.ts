import { isFinished, isRunning, peopleIn } from '../../src/simulator/model/resources.js';
import type { Copy, CopyOptions } from './copy.js';

/**
 * What nobody can beat: every event is heard of after one way of a callback, and obeyed after half a request; before a pause
 * there's one read more, as a careful pause needs one. No callback is lost, and no request fails.
 */
export function startLimit({ truth, prefix, minParticipants }: CopyOptions): Copy {
  const { model, latency, wait, watch } = truth;

  watch(async (conference) => {
    const isEnough = () => peopleIn(conference).length >= minParticipants;
    await wait(latency());
    if (!isEnough()) await wait(latency());
    await wait(latency() / 2);
    const recording = conference.recordings[0];
    if (!recording || isFinished(recording) || isRunning(recording) === isEnough()) return;
    model.updateRecording(conference, recording, isEnough() ? 'in-progress' : 'paused', 'skip');
  });

  return {
    roomFor: async () => `${prefix}limit`,
    take() {},
    size: 0,
    hasNoRoom: () => true,
    stop: async () => {},
  };
}
