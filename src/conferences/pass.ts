import type { Logger } from 'pino';
import type { Announce } from '../announcements.js';
import type { LiveRecording, RecordingState, Space } from '../signalwire/space.js';
import { isNotFound, isUnprocessable, SpaceError } from '../signalwire/space-error.js';
import {
  adoptRecording,
  believedState,
  type Cause,
  type Conference,
  circumstances,
  heldForMs,
  noteAcknowledged,
  noteRead,
  noteWrite,
  reason,
  sinceCallbackMs,
  snapshot,
} from './conference.js';
import type { Durations } from './durations.js';
import { needsWrite, wantedState, whoIsIn } from './policy.js';

export interface PassOptions {
  space: Space;
  /** The recording should run while at least this many people are in. */
  minParticipants: number;
  durations: Durations;
  log: Logger;
  announce: Announce;
  /** Told that an urgent resume failed. */
  onFailure(conference: Conference, error: unknown): void;
  /** Whether we still care: false once the conference has ended. */
  isTracked(conference: Conference): boolean;
}

/** Looks at conferences and puts their recordings right. */
export interface Pass {
  /**
   * Reads who is in and what the recording does, writes the difference, and reads again until there is none (R5).
   * Never has more than `REQUESTS_A_PASS` requests in flight.
   *
   * @returns whether the conference lives on, or that SignalWire wants not to be asked for a while
   * @throws SpaceError when SignalWire can't tell or refuses; the caller tries again
   */
  run(conference: Conference): Promise<'live' | 'over' | 'held'>;
  /**
   * Resumes the recording at once, without a pass (R2), unless another such resume is on its way; one that hangs is
   * waited for, until its request times out. Where SignalWire wants not to be asked for a while, tries once all the same.
   * Never rejects: the pass that follows tries again.
   */
  resumeNow(conference: Conference): void;
}

/** Requests that a pass has in flight at most: participants and recording are read together. */
export const REQUESTS_A_PASS = 2;

/** Asks nothing until it is told to. */
export function createPass(options: PassOptions): Pass {
  const { space, minParticipants, durations, log, announce, onFailure, isTracked } = options;
  const wanted = (conference: Conference) => wantedState(conference.people.size, minParticipants);

  async function run(conference: Conference): Promise<'live' | 'over' | 'held'> {
    while (isTracked(conference)) {
      await conference.urgentResume;
      if (!isTracked(conference)) return 'over';
      if (heldForMs(conference) > 0) return 'held';
      const failure = await repeatLostResume(conference);
      if (failure instanceof SpaceError && failure.retryAfterMs !== undefined) throw failure;
      const writesBefore = conference.writes.at(-1);
      const { recordingSid, cause } = conference;
      const found = await look(conference);
      if (found === 'over' || !isTracked(conference)) return 'over';

      // A write that set out while we were reading makes what we read of the recording worthless.
      if (conference.writes.at(-1) !== writesBefore) continue;
      // A callback named another recording meanwhile; the pass that follows it reads that one.
      if (conference.recordingSid !== recordingSid) return 'live';
      // A callback that came while we looked is the cause, unless we look because of another one.
      const pending = cause.at === undefined ? conference.cause : cause;
      noteFound(conference, found, pending);
      const state = wanted(conference);
      if (!found || !needsWrite(state, found.state, conference.writes)) return 'live';
      if (failure !== undefined) throw failure;
      await write(conference, state, pending);
    }
    return 'over';
  }

  /**
   * Sends a resume that failed once more, before anything is read: reads may fail as well, and speech is being lost (R8).
   *
   * @returns why it failed again, if it did
   */
  async function repeatLostResume(conference: Conference): Promise<unknown> {
    const last = conference.writes.at(-1);
    const isLost = last?.outcome === 'failed' && last.state === 'in-progress';
    if (!isLost || wanted(conference) === 'paused') return undefined;
    return write(conference, 'in-progress', conference.cause).catch((error: unknown) => error);
  }

  /** Notes who is in; returns the recording, undefined where none is running or paused. */
  async function look(conference: Conference): Promise<LiveRecording | 'over' | undefined> {
    const { sid } = conference;
    const askedAt = Date.now();
    const reads = [space.listParticipants(sid), findRecording(conference)] as const;
    // Where one fails the other is waited for all the same: a pass that is over has nothing in flight.
    await Promise.allSettled(reads);
    if (!isTracked(conference)) return 'over';
    let found: [listed: string[], recording: LiveRecording | undefined];
    try {
      found = await Promise.all(reads);
    } catch (error) {
      if (isNotFound(error) && (await isOver(conference))) return 'over';
      throw error;
    }
    const [listed, recording] = found;
    // The list is as old as the question: what was heard since, or shortly before, it may not know (R4).
    conference.people = whoIsIn(listed, conference.words, askedAt - durations.word);
    log.debug({ conferenceSid: sid, people: conference.people.size, read: recording?.state }, 'looked');
    if (conference.people.size === 0 && (await isOver(conference))) return 'over';
    return recording;
  }

  // A new conference may be announced before the API knows it, so a 404 right after a callback says nothing (R8).
  async function isOver(conference: Conference): Promise<boolean> {
    const status = await space.fetchConferenceStatus(conference.sid);
    if (status === undefined) return Date.now() - conference.hintedAt >= durations.word;
    return status === 'completed';
  }

  /** The recording that we know, else the newest one that can still run. */
  async function findRecording({ sid, recordingSid }: Conference): Promise<LiveRecording | undefined> {
    const state = recordingSid && (await space.fetchRecordingState(sid, recordingSid));
    if (recordingSid && state) return { sid: recordingSid, state };
    const [newest] = await space.listLiveRecordings(sid);
    return newest;
  }

  /** Takes in what a look found of the recording, and tells what is new in it. */
  function noteFound(conference: Conference, found: LiveRecording | undefined, cause: Cause): void {
    const { told, writes } = conference;
    const wasLost = writes.some(({ state, outcome }) => outcome === 'failed' && state === found?.state);
    adoptRecording(conference, found?.sid);
    if (found) noteRead(conference, found.state);
    const state = found && believedState(conference);
    const isOther = found?.sid !== told.recordingSid;
    const isChanged = told.state !== undefined && told.state !== state;
    conference.told = { recordingSid: found?.sid, state };
    announce({ what: 'seen', conference: snapshot(conference) });
    if (!isOther && !isChanged) return;
    const fields = { ...circumstances(conference), read: found?.state };
    // A write that wasn't answered, or with an error, was obeyed all the same.
    if (wasLost && !isOther && state) tellWritten(state, fields, cause);
    // A look that a callback asked for may come before the callback that tells of the recording.
    else if (isOther && state === 'in-progress' && cause.at !== undefined) tell('began', fields, cause);
    else tell(`found ${state ?? 'over'}`, fields, cause);
  }

  /** The one line that a change of a recording has in the log. */
  function tell(change: string, fields: object, cause: Cause): void {
    log.info({ ...fields, ...reason(cause) }, `recording ${change}`);
  }

  /** Tells that SignalWire has obeyed a pause or resume. */
  function tellWritten(state: RecordingState, fields: object, cause: Cause): void {
    tell(state === 'paused' ? 'paused' : 'resumed', fields, cause);
    announce({ what: 'written', state, because: cause.what, reactionMs: sinceCallbackMs(cause) });
  }

  async function write(conference: Conference, state: RecordingState, cause: Cause): Promise<void> {
    const { sid, recordingSid } = conference;
    if (recordingSid === undefined) return;
    // As things are now: people come and go while SignalWire is asked.
    const fields = { ...circumstances(conference), read: conference.read };
    const noted = noteWrite(conference, state);
    try {
      await space.updateRecording(sid, recordingSid, state);
    } catch (error) {
      noted.outcome = 'failed';
      if (error instanceof SpaceError && error.status === undefined) conference.hasUnansweredWrite = true;
      // The recording is gone or can't be changed: the next pass finds the one that runs.
      const isUseless = isNotFound(error) || isUnprocessable(error);
      if (isUseless && conference.recordingSid === recordingSid) adoptRecording(conference, undefined);
      throw error;
    }
    noteAcknowledged(conference, noted);
    tellWritten(state, fields, cause);
    if (!isTracked(conference) || conference.recordingSid !== recordingSid) return;
    conference.told = { recordingSid, state: believedState(conference) };
    announce({ what: 'seen', conference: snapshot(conference) });
  }

  return {
    run,
    resumeNow(conference) {
      if (conference.urgentResume) return;
      if (heldForMs(conference) > 0) {
        if (conference.hold.isPassedOver) return;
        conference.hold.isPassedOver = true;
      }
      conference.urgentResume = write(conference, 'in-progress', conference.cause)
        .catch((error: unknown) => onFailure(conference, error))
        .finally(() => {
          conference.urgentResume = undefined;
        });
    },
  };
}
