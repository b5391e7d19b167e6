import type { Webhook } from '../../src/simulator/model/callbacks.js';
import type { Copy, CopyOptions } from './copy.js';

/**
 * The design of SignalWire's guide "Updating Conference Recordings", and nothing added: it acts on the edge of each join and
 * leave, by the list of participants at that moment, knows a recording by its callback alone, and tries nothing twice.
 */
export function startGuide({ space, prefix, minParticipants }: CopyOptions): Copy {
  const recordings = new Map<string, { sid: string; isPaused: boolean }>();

  async function act(conferenceSid: string, hasJoined: boolean): Promise<void> {
    const recording = recordings.get(conferenceSid.toLowerCase());
    if (!recording) return;
    const people = await space.listParticipants(conferenceSid);
    const isEnough = people.filter(({ status }) => status !== 'completed').length >= minParticipants;
    if (hasJoined === recording.isPaused && hasJoined === isEnough) {
      await space.updateRecording(conferenceSid, recording.sid, isEnough ? 'in-progress' : 'paused', 'skip');
      recording.isPaused = !isEnough;
    }
  }

  return {
    // One name for the life of the process.
    roomFor: async () => `${prefix}guide`,
    take({ parameters }: Webhook) {
      const { ConferenceSid, RecordingSid, RecordingStatus, StatusCallbackEvent } = parameters;
      if (!ConferenceSid) return;
      if (RecordingSid && RecordingStatus === 'in-progress') {
        recordings.set(ConferenceSid.toLowerCase(), { sid: RecordingSid, isPaused: false });
      }
      const isJoin = StatusCallbackEvent === 'participant-join';
      if (isJoin || StatusCallbackEvent === 'participant-leave') act(ConferenceSid, isJoin).catch(() => {});
    },
    size: 0,
    hasNoRoom: () => true,
    stop: async () => {},
  };
}
