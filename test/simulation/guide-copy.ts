import type { Copy, CopyOptions } from './copy.js';

/**
 * Starts the design of SignalWire's guide "Updating Conference Recordings", and nothing more. It acts on each join and leave, by
 * the list of participants at that moment, knows a recording only by its callback, and retries nothing.
 */
export function startGuideCopy({ space, conferencePrefix, minParticipants }: CopyOptions): Copy {
  const recordings = new Map<string, { sid: string; isPaused: boolean }>();

  async function updateRecording(conferenceSid: string, isJoin: boolean): Promise<void> {
    const recording = recordings.get(conferenceSid.toLowerCase());
    if (!recording) return;
    const participants = await space.listParticipants(conferenceSid);
    const shouldRun = participants.filter(({ status }) => status !== 'completed').length >= minParticipants;
    if (isJoin === recording.isPaused && isJoin === shouldRun) {
      await space.updateRecording(conferenceSid, recording.sid, shouldRun ? 'in-progress' : 'paused', 'skip');
      recording.isPaused = !shouldRun;
    }
  }

  return {
    // The guide uses the same name for the whole life of the process.
    conferenceNameFor: async () => `${conferencePrefix}guide`,
    receive({ parameters }) {
      const { ConferenceSid, RecordingSid, RecordingStatus, StatusCallbackEvent } = parameters;
      if (!ConferenceSid) return;
      if (RecordingSid && RecordingStatus === 'in-progress') {
        recordings.set(ConferenceSid.toLowerCase(), { sid: RecordingSid, isPaused: false });
      }
      const isJoin = StatusCallbackEvent === 'participant-join';
      if (isJoin || StatusCallbackEvent === 'participant-leave') updateRecording(ConferenceSid, isJoin).catch(() => {});
    },
    size: 0,
    judgedWrong: new Set<string>(),
    hasNoOpenRoom: () => true,
    stop: async () => {},
  };
}
