import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Announce } from '../announcements.js';
import type { Space } from '../signalwire/space.js';
import { isNotFound, isUnprocessable } from '../signalwire/space-error.js';
import { backoff, retryAfter } from './backoff.js';
import {
  adoptRecording,
  allowOneMoreWrite,
  type Cause,
  type Conference,
  circumstances,
  hearWord,
  heldForMs,
  holdFor,
  noteDealtWith,
  noteHint,
  noteLook,
  noteSweep,
  reason,
  snapshot,
} from './conference.js';
import type { Durations } from './durations.js';
import { createOutage } from './outage.js';
import { createPass, REQUESTS_A_PASS } from './pass.js';
import { mayBePaused } from './policy.js';
import type { Registry } from './registry.js';
import { createSweep } from './sweep.js';
import { createWorkQueue } from './work-queue.js';

/**
 * Requests to SignalWire in flight at most, urgent resumes aside (R7). A thousand conferences with an event a minute each
 * need some 45 where a request takes 300 ms: 17 events of five requests each and 67 reads for sweeps a second. SignalWire
 * doesn't limit reads, and writes to 13,800 in ten seconds (its page "Rate limits").
 */
const MAX_REQUESTS = 100;

/** So many refusals in a row are no longer taken for a conference that SignalWire doesn't know yet. */
const LASTING_REFUSALS = 3;

export interface ReconcilerOptions {
  space: Space;
  registry: Registry;
  /** The recording runs while at least this many people are in. */
  minParticipants: number;
  /** Conferences whose name begins with this are ours (R10). */
  conferencePrefix: string;
  /** Whether callers without a room of their own share one. */
  sharesRoom: boolean;
  /** Milliseconds between two sweeps; 0 means none but the first. */
  sweepIntervalMs: number;
  durations: Durations;
  log: Logger;
  announce: Announce;
}

/** A callback on a conference. */
export interface ConferenceEvent {
  conferenceSid: string;
  /** SignalWire's FriendlyName; undefined where the callback has none. */
  name: string | undefined;
}

/** A callback on a caller who came or went. */
export interface ParticipantEvent extends ConferenceEvent {
  callSid: string;
  /** The callback's Timestamp (ms since 1970); undefined where it has none that can be read. */
  happenedAt: number | undefined;
}

/**
 * Drives each conference's recording to what its head count asks for. Callbacks are hints: each method here takes one,
 * returns at once and never throws; the work follows.
 */
export interface Reconciler {
  /**
   * Learns what goes on in the space, and sweeps from then on. Waits for the first sweep, but not forever.
   *
   * @throws SpaceError when SignalWire refuses our credentials
   */
  start(): Promise<void>;
  conferenceChanged(event: ConferenceEvent): void;
  participantJoined(event: ParticipantEvent): void;
  participantLeft(event: ParticipantEvent): void;
  conferenceEnded(event: ConferenceEvent): void;
  recordingStarted(conferenceSid: string, recordingSid: string): void;
  recordingEnded(conferenceSid: string): void;
  /**
   * Sweeps no more, and resolves when every hint is dealt with, or `durations.drain` is over: then a warning says what is
   * left. Never rejects.
   */
  close(): Promise<void>;
}

/** Takes callbacks from the first moment on; sweeps only once it is started. */
export function createReconciler(options: ReconcilerOptions): Reconciler {
  const { space, registry, minParticipants, conferencePrefix, sharesRoom, sweepIntervalMs } = options;
  const { durations, log, announce } = options;
  const isTracked = (conference: Conference) => registry.get(conference.sid) === conference;
  const outage = createOutage(log, announce);
  const pass = createPass({ space, minParticipants, durations, log, announce, isTracked, onFailure: noteFailure });

  const queue = createWorkQueue({
    async run(conferenceSid) {
      const conference = registry.get(conferenceSid);
      if (!conference) return;
      noteLook(conference);
      const { cause } = conference;
      const outcome = await pass.run(conference).finally(() => sweep.visited(conferenceSid));
      if (outcome === 'held') return queue.add(conferenceSid);
      if (!isTracked(conference)) return;
      noteSuccess(conference, cause);
      if (outcome === 'live') return;
      log.info({ conferenceSid }, 'the conference is over');
      forget(conferenceSid);
    },
    // A sweep has one request in flight beside those of the passes.
    workers: Math.floor((MAX_REQUESTS - 1) / REQUESTS_A_PASS),
    onFailure(conferenceSid, error) {
      const conference = registry.get(conferenceSid);
      if (!conference) return;
      announce({ what: 'retried' });
      noteFailure(conference, error);
    },
    waitAfter: (failures) => backoff(failures, durations),
    heldForMs(conferenceSid) {
      const conference = registry.get(conferenceSid);
      return conference ? heldForMs(conference) : 0;
    },
    laterMs: durations.settle,
  });

  const sweep = createSweep({
    space,
    registry,
    prefix: conferencePrefix,
    sharesRoom,
    intervalMs: sweepIntervalMs,
    durations,
    log,
    announce,
    outage,
    visit(conferenceSid) {
      const conference = registry.get(conferenceSid);
      if (!conference) return;
      allowOneMoreWrite(conference);
      noteSweep(conference);
      // Whatever a callback tells is looked at first: where SignalWire is slow a sweep may have hundreds waiting.
      queue.addBehind(conferenceSid);
    },
  });

  /** Has the conference of a callback looked at: now, and once the callback's word is old. */
  function look(conference: Conference): void {
    announce({ what: 'heard', conference: snapshot(conference) });
    allowOneMoreWrite(conference);
    queue.add(conference.sid);
    queue.addLater(conference.sid);
  }

  function hear(event: ParticipantEvent, isIn: boolean): { conference: Conference; isNews: boolean } {
    const conference = track(event, isIn ? 'join' : 'leave');
    const heardAt = Date.now();
    const word = { isIn, heardAt, happenedAt: event.happenedAt ?? heardAt };
    const isNews = hearWord(conference, event.callSid, word, durations.stale);
    const { sid: conferenceSid, name: friendlyName, people } = conference;
    const { callSid } = event;
    log.info({ conferenceSid, friendlyName, callSid, people: people.size }, `participant ${isIn ? 'joined' : 'left'}`);
    return { conference, isNews };
  }

  function track({ conferenceSid, name }: ConferenceEvent, what: Cause['what']): Conference {
    const conference = registry.track(conferenceSid, name);
    noteHint(conference, what);
    return conference;
  }

  function noteFailure(conference: Conference, error: unknown): void {
    if (!isTracked(conference)) return;
    const conferenceSid = conference.sid;
    holdFor(conference, retryAfter(error, durations));
    if (isNotFound(error) || isUnprocessable(error)) {
      outage.worked(conferenceSid);
      noteRefusal(conference, error);
    } else {
      outage.failed(conferenceSid, error);
    }
  }

  // The conference isn't there yet, or its recording is gone or can't be changed; the next pass looks again. Only where
  // that lasts somebody has to know.
  function noteRefusal(conference: Conference, error: unknown): void {
    conference.refusals += 1;
    if (conference.refusals !== LASTING_REFUSALS) return;
    const fields = { conferenceSid: conference.sid, people: conference.people.size, reason: String(error) };
    log.warn(fields, 'the recording of a conference cannot be set right: it stays as it is, and is tried again');
  }

  function noteSuccess(conference: Conference, cause: Cause): void {
    noteDealtWith(conference, cause);
    outage.worked(conference.sid);
    if (conference.refusals >= LASTING_REFUSALS) {
      log.info({ conferenceSid: conference.sid }, 'the recording of the conference is right again');
    }
    conference.refusals = 0;
    if (conference.hasUnansweredWrite) queue.addLater(conference.sid);
    conference.hasUnansweredWrite = false;
  }

  function forget(conferenceSid: string, name?: string): void {
    registry.forget(conferenceSid, name);
    queue.forget(conferenceSid);
    sweep.visited(conferenceSid);
    outage.forget(conferenceSid);
    announce({ what: 'over', conferenceSid });
  }

  return {
    async start() {
      let isAwaited = true;
      const swept = sweep.first(() => isAwaited);
      const isDone = await isDoneWithin(durations.firstSweep, swept.then(queue.idle)).finally(() => {
        isAwaited = false;
      });
      // Not before: with sweeps going on the queue might never be idle.
      void swept.then(sweep.start);
      if (!isDone) log.warn('the first sweep is not finished yet; starting all the same, it goes on');
    },

    conferenceChanged(event) {
      look(track(event, 'conference callback'));
    },

    participantJoined(event) {
      const { conference, isNews } = hear(event, true);
      const isEnough = conference.people.size >= minParticipants;
      if (isNews && isEnough && mayBePaused(conference.read, conference.writes)) pass.resumeNow(conference);
      look(conference);
    },

    participantLeft(event) {
      look(hear(event, false).conference);
    },

    conferenceEnded({ conferenceSid, name }) {
      log.info({ conferenceSid }, 'the conference is over');
      forget(conferenceSid, name);
    },

    recordingStarted(conferenceSid, recordingSid) {
      const conference = track({ conferenceSid, name: undefined }, 'recording callback');
      adoptRecording(conference, recordingSid);
      if (conference.told.recordingSid !== recordingSid) {
        conference.told = { recordingSid, state: undefined };
        log.info({ ...circumstances(conference), ...reason(conference.cause) }, 'recording began');
      }
      look(conference);
    },

    recordingEnded(conferenceSid) {
      if (registry.get(conferenceSid)) look(track({ conferenceSid, name: undefined }, 'recording callback'));
    },

    async close() {
      sweep.stop();
      queue.dropLater();
      const isDone = await isDoneWithin(durations.drain, queue.idle());
      if (!isDone) log.warn({ conferenceSids: queue.unfinished() }, 'stopped before these conferences were set right');
      queue.close();
    },
  };
}

/** Whether the work is done in that many milliseconds. @throws what it throws before that */
function isDoneWithin(ms: number, work: Promise<void>): Promise<boolean> {
  const waited = new AbortController();
  const timeUp = delay(ms, false, { signal: waited.signal }).catch(() => false);
  return Promise.race([work.then(() => true), timeUp]).finally(() => waited.abort());
}
