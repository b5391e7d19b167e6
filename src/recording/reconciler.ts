import type { OpenRoom } from '../rooms/open-room.js';
import type { ListedConference } from '../signalwire/space.js';
import { isUnauthorized } from '../signalwire/space-error.js';
import { backoff } from './backoff.js';
import { type Conference, createConference } from './conference.js';
import type { Surroundings } from './conference-context.js';
import { type Discovery, startDiscovery } from './discovery.js';
import { createUrgencyQueue } from './pass-queue.js';

/** A callback that names a conference. */
export interface ConferenceReport {
  conferenceSid: string;
  /** SignalWire's FriendlyName; undefined where the callback has none. */
  name: string | undefined;
  /** Whose call it's about; undefined where the callback doesn't say. */
  callSid: string | undefined;
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

/** What is known to go on in the conferences of a name. */
export interface Occupancy {
  conferences: number;
  people: number;
}

export interface ReconcilerOptions extends Omit<Surroundings, 'queue' | 'isStopping'> {
  openRoom: OpenRoom;
  /** Conferences whose name begins with this are ours (R10). */
  conferencePrefix: string;
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
const MAX_LOOKUPS = 10;

/** How often a start or a stop looks whether all is done, in milliseconds. */
const POLL_MS = 20;

/** Takes reports from the first moment on; discovers only once it is started. */
export function createReconciler(options: ReconcilerOptions): Reconciler {
  const { space, openRoom, announce, durations, conferencePrefix, random } = options;
  /** By SID in small letters: callbacks and lists may differ in that. */
  const conferences = new Map<string, Conference>();
  let discovery: Discovery | undefined;
  /** How many recordings are being looked up. */
  let lookups = 0;
  let isStopping = false;
  let isClosed = false;
  const queue = createUrgencyQueue();
  const surroundings: Surroundings = { ...options, queue, isStopping: () => isStopping };

  const find = (sid: string) => conferences.get(sid.toLowerCase());
  const busy = () => [...conferences.values()].filter((conference) => conference.isBusy);

  function track({ conferenceSid, name, callSid }: ConferenceReport): Conference {
    const forgetIt = () => forget(conference);
    const conference = find(conferenceSid) ?? createConference(conferenceSid, surroundings, forgetIt);
    conference.learnName(name ?? (callSid && openRoom.nameOf(callSid)));
    conferences.set(conferenceSid.toLowerCase(), conference);
    return conference;
  }

  function forget(conference: Conference): void {
    conference.end();
    conferences.delete(conference.sid.toLowerCase());
    announce({ what: 'over', conferenceSid: conference.sid });
    openRoom.conferenceOver(conference.name);
  }

  function onListed(listed: ListedConference[], isFirst: boolean): void {
    const ours = listed.filter(({ name }) => name.startsWith(conferencePrefix));
    for (const { sid, name } of ours) {
      const isKnown = find(sid) !== undefined;
      const conference = track({ conferenceSid: sid, name, callSid: undefined });
      if (!isKnown) conference.resync();
    }
    if (isFirst) openRoom.found(ours);
  }

  /** Finds out whose recording it is that has begun, and takes the report then. */
  async function lookUp(recordingSid: string): Promise<void> {
    lookups += 1;
    for (let tries = 1; tries <= MAX_LOOKUPS && !isClosed; tries += 1) {
      const conferenceSid = await space.findConferenceOf(recordingSid).catch(() => undefined);
      if (conferenceSid !== undefined) {
        reportRecording(conferenceSid, recordingSid, true);
        break;
      }
      await wait(backoff(tries, undefined, durations, random));
    }
    lookups -= 1;
  }

  function reportRecording(sid: string, recordingSid: string, hasBegun: boolean): void {
    if (isClosed) return;
    if (hasBegun)
      track({ conferenceSid: sid, name: undefined, callSid: undefined }).reportRecording(recordingSid, true);
    // One that ends does so with its conference, or after it: that must not bring a conference back.
    else find(sid)?.reportRecording(recordingSid, false);
  }

  return {
    get size() {
      return conferences.size;
    },
    occupancyOf(name) {
      const ofName = [...conferences.values()].filter((conference) => conference.name === name);
      return { conferences: ofName.length, people: ofName.reduce((sum, { people }) => sum + people.size, 0) };
    },

    conferenceReported: (report) => track(report).hint(),
    participantJoined: (report) => track(report).reportParticipant(report.callSid, true, report.happenedAt),
    participantLeft: (report) => track(report).reportParticipant(report.callSid, false, report.happenedAt),
    conferenceEnded({ conferenceSid }) {
      const conference = find(conferenceSid);
      if (conference) forget(conference);
    },
    recordingReported(report) {
      const { conferenceSid, recordingSid, hasBegun } = report;
      if (conferenceSid !== undefined) reportRecording(conferenceSid, recordingSid, hasBegun);
      else if (hasBegun) void lookUp(recordingSid);
    },

    async start() {
      const until = performance.now() + durations.firstDiscovery;
      const isInTime = () => performance.now() < until;
      const isFatal = (error: unknown) => isInTime() && isUnauthorized(error);
      discovery = startDiscovery({ ...options, onListed, isFatal });
      let isDiscovered = false;
      const discovered = discovery.first.then(() => {
        isDiscovered = true;
      });
      await Promise.race([discovered, wait(durations.firstDiscovery)]);
      const areRead = () => [...conferences.values()].every((conference) => !conference.isNew);
      while (!areRead() && isInTime()) await wait(POLL_MS);
      const announceStart = () => {
        if (!isStopping) announce({ what: 'started', isDone: isDiscovered, conferences: conferences.size });
      };
      announceStart();
      if (!isDiscovered) discovered.then(announceStart, () => {});
    },

    async close() {
      isStopping = true;
      discovery?.stop();
      const until = performance.now() + durations.drain;
      while (busy().length + lookups > 0 && performance.now() < until) await wait(POLL_MS);
      isClosed = true;
      const left = busy().map(({ sid }) => sid);
      if (left.length > 0) announce({ what: 'left undone', conferenceSids: left });
      for (const conference of conferences.values()) conference.end();
    },
  };
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}
