import { activeParticipants, isRecordingOver, isRunning } from '../../src/simulator/model/resources.js';
import type { Copy, CopyOptions } from './copy.js';

/**
 * Starts the limit, which no design can beat. It learns of every join and leave after the time of one callback, and its write
 * takes effect after half the time of a request. A pause needs one read first, because a careful pause does (R3). No callback is
 * lost, and no request fails.
 */
export function startLimitCopy({ directAccess, conferencePrefix, minParticipants }: CopyOptions): Copy {
  const { model, latency, wait, onParticipantsChanged } = directAccess;

  onParticipantsChanged(async (conference) => {
    const shouldRun = () => activeParticipants(conference).length >= minParticipants;
    await wait(latency());
    if (!shouldRun()) await wait(latency());
    await wait(latency() / 2);
    const recording = conference.recordings[0];
    if (!recording || isRecordingOver(recording) || isRunning(recording) === shouldRun()) return;
    model.updateRecording(conference, recording, shouldRun() ? 'in-progress' : 'paused', 'skip');
  });

  return {
    conferenceNameFor: async () => `${conferencePrefix}limit`,
    receive() {},
    size: 0,
    judgedWrong: new Set<string>(),
    hasNoOpenRoom: () => true,
    stop: async () => {},
  };
}
