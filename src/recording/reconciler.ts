import type { Announce } from '../announcements.js';
import type { ConferenceSpace, ListedConference } from '../signalwire/space.js';
import { isUnauthorized } from '../signalwire/space-error.js';
import { backoff } from './backoff.js';
import { type Conference, createConference, type Surroundings } from './conference.js';
import { createDiscovery } from './discovery.js';
import type { Durations } from './durations.js';
import { createOutage } from './outage.js';
import { createUrgencyQueue } from './urgency-queue.js';

/** A callback that names a conference. */
export interface ConferenceReport {
  conferenceSid: string;
  /** SignalWire's FriendlyName; undefined where the callback has none. */
  name: string | undefined;
}

/** A callback that says who came or went. */
export interface ParticipantReport extends ConferenceReport {
  callSid: string;
  /** The callback's Timestamp (ms since 1970); undefined where it has none that can be read: then it's only a hint. */
  happenedAt: number | undefined;
}

/** A callback on a recording. */
export interface RecordingReport {
  /** Undefined where the callback has none: then it's looked up by the recording. */
  conferenceSid: string | undefined;
  recordingSid: string;
  /** Whether it says that the recording runs now (RecordingStatus in-progress). */
  hasBegun: boolean;
}

/** How many people are known to be in the conferences of a name. */
export interface Occupancy {
  conferences: number;
  people: number;
}

export interface ReconcilerOptions {
  space: ConferenceSpace;
  announce: Announce;
  durations: Durations;
  /** The recording runs while at least this many people are in. */
  minParticipants: number;
  /** Conferences whose name begins with this are ours (R10). */
  conferencePrefix: string;
  /** Milliseconds from one read of a conference to the next, and between two discoveries; 0 means none after the first. */
  resyncIntervalMs: number;
  /** From 0 up to, and without, 1. */
  random: () => number;
  /** Calls that were sent to the room of that name and may be alive. */
  callersOf(name: string): Iterable<string>;
  /** Our conferences, as a list had them that we didn't know. */
  onFound(conferences: ListedConference[]): void;
  /** A caller has left, as a fresh callback says. */
  onLeft(callSid: string): void;
  /** A conference of that name is over. */
  onOver(name: string | undefined): void;
}

/**
 * Drives each conference's recording to what its head count asks for. Callbacks are hints: each of the first five methods
 * takes one, returns at once and never throws; the work follows.
 */
export interface Reconciler {
  /** Any callback that names a conference, whatever its event is called. */
  conferenceReported(report: ConferenceReport): void;
  participantJoined(report: ParticipantReport): void;
  participantLeft(report: ParticipantReport): void;
  conferenceEnded(report: ConferenceReport): void;
  recordingReported(report: RecordingReport): void;
  /** How many conferences are known. */
  readonly size: number;
  occupancyOf(name: string): Occupancy;
  /**
   * Learns what goes on in the space, and reads it again every interval from then on. Resolves once the conferences found
   * have been read, or after `durations.firstDiscovery`.
   *
   * @throws SpaceError when SignalWire refuses our credentials
   */
  start(): Promise<void>;
  /**
   * Discovers no more, and resolves when every report is dealt with, or `durations.drain` is over: then a warning says
   * what is left. Never rejects.
   */
  close(): Promise<void>;
}

/** How often a recording's conference is asked for that its callback doesn't name. */
const MAX_LOOKUPS = 5;

/** Takes reports from the first moment on; discovers only once it is started. */
export function createReconciler(options: ReconcilerOptions): Reconciler {
  const { space, announce, durations, conferencePrefix, resyncIntervalMs, random, onFound, onOver } = options;
  /** By SID in small letters: callbacks and lists may differ in that. */
  const conferences = new Map<string, Conference>();
  const outage = createOutage(announce);
  let isStopping = false;

  const surroundings: Surroundings = {
    ...options,
    queue: createUrgencyQueue(),
    outage,
    isStopping: () => isStopping,
    onOver: forget,
  };
  const discovery = createDiscovery({
    space,
    intervalMs: resyncIntervalMs,
    durations,
    random,
    outage,
    announce,
    onListed(listed) {
      const unknown = listed.filter(({ sid, name }) => name.startsWith(conferencePrefix) && !find(sid));
      for (const { sid, name } of unknown) track(sid, name).resync();
      for (const { sid, name } of listed) find(sid)?.learnName(name);
      if (unknown.length > 0) onFound(unknown);
    },
  });

  const find = (sid: string) => conferences.get(sid.toLowerCase());

  function track(sid: string, name: string | undefined): Conference {
    const conference = find(sid) ?? createConference(sid, surroundings);
    conference.learnName(name);
    conferences.set(sid.toLowerCase(), conference);
    return conference;
  }

  function forget(conference: Conference): void {
    conference.end();
    conferences.delete(conference.sid.toLowerCase());
    announce({ what: 'over', conferenceSid: conference.sid });
    onOver(conference.name);
  }

  /** Finds out whose recording it is, and takes the report then. One that is lost is made up for by a resync. */
  async function lookUp(report: RecordingReport): Promise<void> {
    for (let tries = 1; tries <= MAX_LOOKUPS && !isStopping; tries += 1) {
      try {
        const conferenceSid = await space.findConferenceOf(report.recordingSid);
        if (conferenceSid !== undefined && !isStopping) {
          return track(conferenceSid, undefined).reportRecording(report.recordingSid, report.hasBegun);
        }
      } catch (error) {
        announce({ what: 'retried', whose: `recording ${report.recordingSid}`, error });
      }
      await wait(backoff(tries, undefined, durations, random));
    }
  }

  const busy = () => [...conferences.values()].filter((conference) => conference.isBusy);

  return {
    get size() {
      return conferences.size;
    },
    occupancyOf(name) {
      const ofName = [...conferences.values()].filter((conference) => conference.name === name);
      return { conferences: ofName.length, people: ofName.reduce((sum, { people }) => sum + people.size, 0) };
    },

    conferenceReported: ({ conferenceSid, name }) => track(conferenceSid, name).hint(),
    participantJoined({ conferenceSid, name, callSid, happenedAt }) {
      track(conferenceSid, name).reportParticipant(callSid, true, happenedAt);
    },
    participantLeft({ conferenceSid, name, callSid, happenedAt }) {
      track(conferenceSid, name).reportParticipant(callSid, false, happenedAt);
    },
    conferenceEnded({ conferenceSid }) {
      const conference = find(conferenceSid);
      if (conference) forget(conference);
    },
    recordingReported(report) {
      const { conferenceSid, recordingSid, hasBegun } = report;
      if (conferenceSid !== undefined) track(conferenceSid, undefined).reportRecording(recordingSid, hasBegun);
      else void lookUp(report);
    },

    async start() {
      const startedAt = performance.now();
      const isInTime = () => performance.now() - startedAt < durations.firstDiscovery;
      const discovered = discovery.start((error) => isInTime() && isUnauthorized(error));
      await Promise.race([discovered, wait(durations.firstDiscovery)]);
      while (busy().length > 0 && isInTime()) await wait(POLL_MS);
      announce({ what: 'started', isDone: isInTime(), conferences: conferences.size });
    },

    async close() {
      isStopping = true;
      discovery.stop();
      const until = performance.now() + durations.drain;
      while (busy().length > 0 && performance.now() < until) await wait(POLL_MS);
      const left = busy().map(({ sid }) => sid);
      if (left.length > 0) announce({ what: 'left undone', conferenceSids: left });
      for (const conference of conferences.values()) conference.end();
    },
  };
}

/** How often a start or a stop looks whether all is done, in milliseconds. */
const POLL_MS = 20;

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}
