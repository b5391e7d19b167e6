import type { LimitFunction } from 'p-limit';
import type { Logger } from 'pino';
import type { RecordingState, Space } from '../signalwire/space.js';
import { isNotFound, isUnprocessable } from '../signalwire/space-error.js';
import {
  adoptRecording,
  type Conference,
  forgetOldWords,
  noteAcknowledged,
  noteRead,
  noteWrite,
} from './conference.js';
import type { Durations } from './durations.js';
import { needsWrite, wantedState, whoIsIn } from './policy.js';

export interface PassOptions {
  space: Space;
  minParticipants: number;
  durations: Durations;
  /** The bound on requests in flight (R7). */
  limit: LimitFunction;
  log: Logger;
  /** Whether we still care: false once the conference has ended. */
  isTracked(conference: Conference): boolean;
}

/** Looks at conferences and puts their recordings right. */
export interface Pass {
  /**
   * Reads who is in and what the recording does, writes the difference, and reads again until there is none (R5).
   *
   * @returns whether the conference lives on
   * @throws SpaceError when SignalWire can't tell or refuses; the caller tries again
   */
  run(conference: Conference): Promise<'live' | 'over'>;
  /** Resumes the recording at once, past the bound, without reading first (R2). Never rejects: a pass follows. */
  resumeNow(conference: Conference): void;
}

export function createPass({ space, minParticipants, durations, limit, log, isTracked }: PassOptions): Pass {
  const wanted = (conference: Conference) => wantedState(conference.people.size, minParticipants);

  async function run(conference: Conference): Promise<'live' | 'over'> {
    while (isTracked(conference)) {
      await conference.urgentResume;
      const writesBefore = conference.writes.at(-1);
      const seen = await look(conference);
      if (seen === 'over') return 'over';

      // A write that set out while we were reading makes what we read of the recording worthless.
      if (conference.writes.at(-1) !== writesBefore) continue;
      if (seen === undefined) return 'live';
      noteRead(conference, seen);
      if (!needsWrite(wanted(conference), seen, conference.writes)) return 'live';
      await limit(() => writeIfStillNeeded(conference, seen));
    }
    return 'over';
  }

  /** Notes who is in; returns what the recording does, undefined where none is running or paused. */
  async function look(conference: Conference): Promise<RecordingState | 'over' | undefined> {
    try {
      const [listed, recording] = await Promise.all([
        limit(() => space.listParticipants(conference.sid)),
        findRecording(conference),
      ]);
      const now = Date.now();
      forgetOldWords(conference, now - durations.stale);
      conference.people = whoIsIn(listed, conference.words, now - durations.word);
      if (!isTracked(conference)) return 'over';
      log.debug({ conferenceSid: conference.sid, people: conference.people.size, recording }, 'looked');
      if (conference.people.size === 0 && (await isOver(conference))) return 'over';
      return recording;
    } catch (error) {
      if (isNotFound(error) && (await isOver(conference))) return 'over';
      throw error;
    }
  }

  // A new conference may be announced before the API knows it, so a 404 right after a callback says nothing (R8).
  async function isOver(conference: Conference): Promise<boolean> {
    const status = await limit(() => space.fetchConferenceStatus(conference.sid));
    if (status === undefined) return Date.now() - conference.hintedAt >= durations.word;
    return status === 'completed';
  }

  /** The state of the recording that we know, else of the newest one that can still run. */
  async function findRecording(conference: Conference): Promise<RecordingState | undefined> {
    const { sid, recordingSid } = conference;
    if (recordingSid !== undefined) {
      const state = await limit(() => space.fetchRecordingState(sid, recordingSid));
      if (state !== undefined) return state;
    }
    const newest = (await limit(() => space.listLiveRecordings(sid)))[0];
    // A callback may have named another recording in the meantime; the pass that follows it reads that one.
    if (conference.recordingSid !== recordingSid) return undefined;
    adoptRecording(conference, newest?.sid);
    return newest?.state;
  }

  // Between the decision and a free place among the requests in flight, callbacks may have changed what is wanted.
  async function writeIfStillNeeded(conference: Conference, read: RecordingState): Promise<void> {
    const state = wanted(conference);
    if (isTracked(conference) && needsWrite(state, read, conference.writes)) await write(conference, state);
  }

  async function write(conference: Conference, state: RecordingState): Promise<void> {
    const { sid, recordingSid } = conference;
    if (recordingSid === undefined) return;
    const noted = noteWrite(conference, state);
    try {
      await space.updateRecording(sid, recordingSid, state);
    } catch (error) {
      noted.outcome = 'failed';
      // The recording is gone or can't be changed: the next pass finds the one that runs.
      if (isNotFound(error) || isUnprocessable(error)) adoptRecording(conference, undefined);
      throw error;
    }
    noteAcknowledged(conference, noted);
    const people = conference.people.size;
    log.info({ conferenceSid: sid, recordingSid, people }, `recording ${state === 'paused' ? 'paused' : 'resumed'}`);
  }

  return {
    run,
    resumeNow(conference) {
      conference.urgentResume ??= write(conference, 'in-progress')
        .catch((error: unknown) => {
          log.warn({ conferenceSid: conference.sid, err: error }, 'the resume failed; it is tried again');
        })
        .finally(() => {
          conference.urgentResume = undefined;
        });
    },
  };
}
