import type { Assessment, ConferenceSnapshot, Listener, RecordingStory } from '../recorder-events.js';
import {
  addParticipantEvent,
  appendEvent,
  createTimeline,
  findParticipantEvent,
  type HistoryEvent,
  type RecordingStatus,
  setRecording,
  type Timeline,
  toStatus,
} from './conference-timeline.js';

/** What happened in the conferences since the start, in memory, as far as it can be shown. */
export interface History {
  /** When it began (ms since 1970). */
  readonly since: number;
  /** Since when SignalWire has been failing this copy (ms since 1970); undefined if it isn't. */
  readonly failingSince: number | undefined;
  /** When SignalWire last answered any copy something that is shown (ms since 1970); undefined if it hasn't yet. */
  readonly answeredAt: number | undefined;
  /** The calls that any copy refused although they were signed; undefined if there were none. */
  readonly refusedCalls: RefusedCalls | undefined;
  /** Differs after each change. */
  readonly version: number;
  record: Listener;
  /** Records what another copy has done. */
  recordOthers: Listener;
  /** Those in progress, in the order in which they were first seen. */
  live(): Timeline[];
  /** Those that are over, the latest first. */
  finished(): Timeline[];
}

/** Calls that this service refused. Requests without a signature don't count: they aren't SignalWire's. */
export interface RefusedCalls {
  count: number;
  /** When the last one was refused (ms since 1970), and why. */
  lastAt: number;
  lastReason: string;
}

const MAX_FINISHED = 20;

/**
 * What another copy knows may cross with a callback that arrives here, so for this long the callback counts (ms). No copy believes
 * SignalWire's list against a callback sooner than that (R4), so another message follows.
 */
const CROSSING_MS = 1000;

/** Where a snapshot comes from. */
interface Source {
  /** Whether it comes from a read. Nobody can then say when the people in it joined. */
  isRead: boolean;
  isOthers: boolean;
  /** Somebody whom a callback reported, and when that happened by its Timestamp, or else its arrival (ms since 1970). */
  reported?: { callSid: string; happenedAt: number };
}

/** An empty history. */
export function createHistory(): History {
  const since = Date.now();
  const live = new Map<string, Timeline>();
  const finished = new Map<string, Timeline>();
  let failingSince: number | undefined;
  let answeredAt: number | undefined;
  let refusedCalls: RefusedCalls | undefined;
  let version = 0;

  function touch(timeline: Timeline): void {
    timeline.version += 1;
    version += 1;
  }

  function append(timeline: Timeline, what: HistoryEvent['what']): void {
    appendEvent(timeline, what);
    touch(timeline);
  }

  function update(snapshot: ConferenceSnapshot, source: Source): void {
    const timeline = live.get(snapshot.sid) ?? begin(snapshot, source);
    if (!timeline) return;
    const { name, recordingSid, recordingState } = snapshot;
    const hasNewName = name !== undefined && timeline.name !== name;
    if (hasNewName || timeline.recordingSid !== recordingSid) touch(timeline);
    if (hasNewName) timeline.name = name;
    timeline.recordingSid = recordingSid;
    updatePeople(timeline, snapshot, source);
    if (setRecording(timeline, toStatus(recordingState))) append(timeline, 'recording');
  }

  function updatePeople(
    timeline: Timeline,
    { people, held }: ConferenceSnapshot,
    { isOthers, reported }: Source,
  ): void {
    const now = performance.now();
    const timeOf = (callSid: string) => (callSid === reported?.callSid ? reported.happenedAt : Date.now());
    const isCrossing = (callSid: string) =>
      isOthers && callSid !== reported?.callSid && now - (timeline.reportedAt.get(callSid) ?? -Infinity) < CROSSING_MS;
    if (reported) timeline.reportedAt.set(reported.callSid, now);
    for (const callSid of new Set([...timeline.people, ...timeline.held, ...people, ...held])) {
      const what = findParticipantEvent(timeline, { people, held }, callSid);
      if (what === undefined || isCrossing(callSid)) continue;
      addParticipantEvent(timeline, what, callSid, timeOf(callSid));
      touch(timeline);
    }
  }

  function begin(
    { sid, name, people, held, recordingState }: ConferenceSnapshot,
    { isRead, isOthers }: Source,
  ): Timeline | undefined {
    // An empty conference isn't shown, and a late callback must not bring a finished one back.
    if (!recordingState && (people.size + held.size === 0 || finished.has(sid))) return undefined;
    const timeline = finished.get(sid) ?? createTimeline(sid, name);
    if (isOthers && timeline.endedAt !== undefined && Math.abs(Date.now() - timeline.endedAt) < CROSSING_MS)
      return undefined;
    finished.delete(sid);
    live.set(sid, timeline);
    timeline.endedAt = undefined;
    if (isRead) {
      timeline.people = new Set(people);
      timeline.held = new Set(held);
      for (const callSid of [...people, ...held]) timeline.callers.add(callSid);
      setRecording(timeline, toStatus(recordingState));
    }
    append(timeline, 'seen');
    return timeline;
  }

  function updateRecording(conferenceSid: string, recording: RecordingStatus): void {
    const timeline = live.get(conferenceSid);
    if (timeline && setRecording(timeline, recording)) append(timeline, 'recording');
  }

  function end(conferenceSid: string): void {
    const timeline = live.get(conferenceSid);
    if (!timeline) return;
    timeline.endedAt = Date.now();
    timeline.people.clear();
    timeline.held.clear();
    timeline.assessment = undefined;
    setRecording(timeline, 'none');
    append(timeline, 'over');
    live.delete(conferenceSid);
    finished.set(conferenceSid, timeline);
    for (const sid of finished.keys()) {
      if (finished.size <= MAX_FINISHED) break;
      finished.delete(sid);
    }
  }

  function setAssessment(conferenceSid: string, assessment: Assessment): void {
    const timeline = live.get(conferenceSid);
    if (!timeline) return;
    timeline.assessment = assessment;
    touch(timeline);
  }

  /** A later callback may bring what an earlier story lacks, so it replaces that. */
  function addStory(conferenceSid: string | undefined, story: RecordingStory): void {
    const timeline = live.get(conferenceSid ?? '') ?? finished.get(conferenceSid ?? '');
    if (!timeline) return;
    timeline.stories = [...timeline.stories.filter(({ recordingSid }) => recordingSid !== story.recordingSid), story];
    touch(timeline);
  }

  function addRefusedCall(reason: string): void {
    refusedCalls = { count: (refusedCalls?.count ?? 0) + 1, lastAt: Date.now(), lastReason: reason };
    version += 1;
  }

  function setFailingSince(at: number | undefined): void {
    failingSince = at;
    version += 1;
  }

  const recordFrom =
    (isOthers: boolean): Listener =>
    (event) => {
      switch (event.type) {
        case 'conference-reported':
        case 'recording-reported':
          return update(event.conference, { isRead: false, isOthers });
        case 'participant-reported': {
          const happenedAt = Date.now() - (event.trigger.delayMs ?? 0);
          const reported = { callSid: event.callSid.toLowerCase(), happenedAt };
          return update(event.conference, { isRead: false, isOthers, reported });
        }
        case 'conference-read':
          answeredAt = Date.now();
          return update(event.conference, { isRead: true, isOthers });
        case 'recording-written':
          answeredAt = Date.now();
          return updateRecording(event.conference.sid, event.state);
        case 'conference-assessed':
          return setAssessment(event.conferenceSid, event);
        case 'recording-finished':
          return addStory(event.conferenceSid, event.story);
        case 'conferences-listed':
          answeredAt = Date.now();
          version += 1;
          return;
        case 'problem-began':
        case 'problem-changed':
        case 'problem-ended':
        case 'copies-changed':
          version += 1;
          return;
        case 'webhook-answered':
          if (event.route === '/inbound' && event.reason !== null && event.signature) addRefusedCall(event.reason);
          return;
        case 'conference-over':
          return end(event.conferenceSid);
        case 'outage-began':
          return setFailingSince(Date.now());
        case 'outage-ended':
          return setFailingSince(undefined);
      }
    };

  return {
    since,
    get failingSince() {
      return failingSince;
    },
    get answeredAt() {
      return answeredAt;
    },
    get refusedCalls() {
      return refusedCalls;
    },
    get version() {
      return version;
    },
    record: recordFrom(false),
    recordOthers: recordFrom(true),
    live: () => [...live.values()],
    finished: () => [...finished.values()].reverse(),
  };
}
