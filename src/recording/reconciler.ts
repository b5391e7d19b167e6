import type { Occupancy, OpenRoom } from '../rooms/open-room.js';
import type { ListedConference } from '../signalwire/space.js';
import { isUnauthorized } from '../signalwire/space-error.js';
import type { CallbackReceiver, ConferenceId, ParticipantReport } from './callback-receiver.js';
import { type Conference, createConference } from './conference.js';
import type { ConferenceContext } from './conference-context.js';
import { type Discovery, startDiscovery } from './discovery.js';
import { findConference } from './find-conference.js';
import { createPacedPublisher } from './paced-publisher.js';
import { createPassQueue } from './pass-queue.js';
import { createRecentlyOver } from './recently-over.js';
import type { SharedReport, SharedState, SharedWork } from './sharing.js';
import { wait } from './wait.js';

export interface ReconcilerOptions extends Omit<ConferenceContext, 'queue' | 'isStopping'> {
  openRoom: OpenRoom;
  /** Discovery ignores conferences whose name doesn't begin with this (R10). */
  conferencePrefix: string;
}

/** Keeps the recording of each conference in the state that its head count asks for. */
export interface Reconciler extends CallbackReceiver, SharedWork {
  occupancyOf(name: string): Occupancy;
  /**
   * Discovers the conferences in the space, now and at every interval. Resolves when the first discovery is complete and
   * every conference known by then has been read, or after `durations.firstDiscovery`.
   *
   * @throws SpaceError if SignalWire refuses our credentials
   */
  start(): Promise<void>;
  /** Stops discovery. Resolves when the work on every report is finished, or after `durations.drain`. Never rejects. */
  close(): Promise<void>;
}

/** How often a start or a stop checks whether it is finished, in milliseconds. */
const POLL_MS = 20;

/** Takes reports at once, but discovers nothing until it is started. */
export function createReconciler(options: ReconcilerOptions): Reconciler {
  const { openRoom, emit, durations, conferencePrefix, sharing } = options;
  /** By SID in lower case: the case may differ between callbacks and lists. */
  const conferences = new Map<string, Conference>();
  const recentlyOver = createRecentlyOver();
  let discovery: Discovery | undefined;
  let lookupsInProgress = 0;
  let isStopping = false;
  let isClosed = false;
  const queue = createPassQueue();
  const context: ConferenceContext = { ...options, queue, isStopping: () => isStopping };
  const publisher = createPacedPublisher<Conference>((conference) => conference.publish());

  const find = (sid: string) => conferences.get(sid.toLowerCase());
  const busy = () => [...conferences.values()].filter((conference) => conference.isBusy());

  const nameOf = ({ conferenceSid, name, callSid }: ConferenceId) =>
    find(conferenceSid)?.name() ?? name ?? (callSid && openRoom.roomOf(callSid));

  /** The conference that a report is about, which may be new to us. */
  function track(id: ConferenceId): Conference {
    const { conferenceSid } = id;
    const onOver = () => forget(conference);
    const conference = find(conferenceSid) ?? createConference(conferenceSid, context, onOver);
    conference.setNameIfUnknown(nameOf(id));
    conferences.set(conferenceSid.toLowerCase(), conference);
    return conference;
  }

  /** @param isFromOther whether another copy says that it is over */
  function forget(conference: Conference, isFromOther = false): void {
    conference.stop();
    recentlyOver.add(conference.sid);
    conferences.delete(conference.sid.toLowerCase());
    const conferenceSid = conference.sid;
    const name = conference.name();
    const announce = isFromOther ? sharing.emitOthers : emit;
    announce({ type: 'conference-over', conferenceSid, name });
    if (!isFromOther) sharing.publish({ type: 'over', conferenceSid, name });
    openRoom.conferenceOver(name);
  }

  /** A list, ours or another copy's, has the conference. */
  function trackFound(conferenceSid: string, name: string): void {
    const isKnown = find(conferenceSid) !== undefined;
    const conference = track({ conferenceSid, name, callSid: undefined });
    if (isKnown) return;
    emit({ type: 'conference-found', conferenceSid, name });
    conference.resync();
  }

  function onListed(listed: ListedConference[], isFirst: boolean): void {
    const ours = listed.filter(({ name }) => name.startsWith(conferencePrefix));
    for (const { sid: conferenceSid, name } of ours) {
      const isNews = find(conferenceSid)?.name() === undefined;
      trackFound(conferenceSid, name);
      if (isNews) sharing.publish({ type: 'report', report: { type: 'found', conferenceSid, name } });
    }
    if (isFirst) openRoom.addEarlierConferences(ours);
  }

  /** Looks up which conference a new recording belongs to, and reports the recording. */
  async function lookUpConference(recordingSid: string): Promise<void> {
    lookupsInProgress += 1;
    const conferenceSid = await findConference(recordingSid, context, () => isClosed);
    if (conferenceSid !== undefined) receive({ type: 'recording', conferenceSid, recordingSid, isRunning: true });
    lookupsInProgress -= 1;
  }

  /** Applies a report. The work follows if the conference is ours. @returns whether it is */
  function apply(report: SharedReport): boolean {
    const { conferenceSid } = report;
    const isOurs = sharing.isOurs(conferenceSid);
    switch (report.type) {
      case 'conference':
        track(report).reportCallback(report.happenedAt);
        break;
      case 'participant':
        changeParticipant(report);
        break;
      case 'recording':
        reportRecording(conferenceSid, report.recordingSid, report.isRunning);
        break;
      case 'ended': {
        const conference = find(conferenceSid);
        if (conference && isOurs) forget(conference);
        break;
      }
      case 'found':
        if (isOurs) trackFound(conferenceSid, report.name);
        else find(conferenceSid)?.setNameIfUnknown(report.name);
    }
    return isOurs;
  }

  /** What SignalWire doesn't know is no news to us, if we have forgotten it or never knew it. */
  function applyState(state: SharedState): void {
    const { conferenceSid, name } = state;
    const isNoNews = state.known === undefined || recentlyOver.has(conferenceSid);
    const conference = isNoNews ? find(conferenceSid) : track({ conferenceSid, name, callSid: undefined });
    conference?.applyState(state);
  }

  /** Applies a report that was made to us, and shares it. */
  function receive(report: SharedReport): void {
    apply(report);
    sharing.publish({ type: 'report', report });
  }

  function changeParticipant(report: ParticipantReport): void {
    const conference = track(report);
    const isAboutHold = report.change === 'hold' || report.change === 'unhold';
    if (isAboutHold && options.policyFor(conference.name()).countHeld) conference.reportCallback(report.happenedAt);
    else conference.reportParticipant(report.callSid, report.change, report.happenedAt);
  }

  function reportRecording(conferenceSid: string, recordingSid: string, isRunning: boolean): void {
    if (isClosed) return;
    if (isRunning) track({ conferenceSid, name: undefined, callSid: undefined }).reportRecording(recordingSid, true);
    // A recording ends with its conference or later, so its end must not bring a forgotten conference back.
    else find(conferenceSid)?.reportRecording(recordingSid, false);
  }

  return {
    get size() {
      return conferences.size;
    },
    occupancyOf(name) {
      const named = [...conferences.values()].filter((conference) => conference.name() === name);
      return { conferences: named.length, people: named.reduce((sum, { occupancy }) => sum + occupancy(), 0) };
    },

    nameOf,

    conferenceReported: (report) => receive({ type: 'conference', ...report }),
    participantChanged: (report) => receive({ type: 'participant', ...report }),
    conferenceEnded: (report) => receive({ type: 'ended', ...report }),
    recordingReported(callback) {
      const { conferenceSid, recordingSid, status } = callback;
      const isRunning = status === 'in-progress';
      emit({ type: 'recording-callback', callback });
      sharing.publish({ type: 'recording-callback', callback });
      if (conferenceSid !== undefined) receive({ type: 'recording', conferenceSid, recordingSid, isRunning });
      else if (isRunning) void lookUpConference(recordingSid);
    },

    receiveShared(message) {
      if (message.type === 'report') return apply(message.report);
      if (message.type === 'recording-callback') sharing.emitOthers(message);
      if (message.type === 'listed') discovery?.othersListed(message.status);
      if (message.type === 'state') applyState(message.state);
      const over = message.type === 'over' && find(message.conferenceSid);
      if (over) forget(over, true);
      return false;
    },
    standIn(report) {
      const conference = find(report.conferenceSid);
      if (!conference || isClosed) return;
      if (report.type === 'ended') forget(conference);
      else conference.standIn();
    },
    updateOwnership() {
      for (const conference of conferences.values()) {
        // The copy that works on it now may never have heard of it, if one of us was not linked.
        if (conference.updateOwnership() && !conference.isOurs()) publisher.add(conference);
      }
    },
    publishAll() {
      for (const conference of conferences.values()) if (conference.isOurs()) publisher.add(conference);
    },

    async start() {
      const until = performance.now() + durations.firstDiscovery;
      const isInTime = () => performance.now() < until;
      const isFatal = (error: unknown) => isInTime() && isUnauthorized(error);
      discovery = startDiscovery({ ...options, onListed, isFatal });
      let isComplete = false;
      const completed = discovery.first.then(() => {
        isComplete = true;
      });
      await Promise.race([completed, wait(durations.firstDiscovery)]);
      const areAllRead = () => [...conferences.values()].every((conference) => !conference.isNew());
      while (!areAllRead() && isInTime()) await wait(POLL_MS);
      const emitDiscovery = () => {
        if (!isStopping) emit({ type: 'first-discovery', isComplete, conferences: conferences.size });
      };
      emitDiscovery();
      if (!isComplete) completed.then(emitDiscovery, () => {});
    },

    async close() {
      isStopping = true;
      publisher.stop();
      discovery?.stop();
      const until = performance.now() + durations.drain;
      while (busy().length + lookupsInProgress > 0 && performance.now() < until) await wait(POLL_MS);
      isClosed = true;
      const unfinished = busy().map(({ sid, name }) => ({ sid, name: name() }));
      if (unfinished.length > 0) emit({ type: 'drain-timed-out', conferences: unfinished });
      for (const conference of conferences.values()) conference.stop();
    },
  };
}
