import type { ConferenceSnapshot, RecorderEvent } from '../recorder-events.js';
import type { ObservedState, RecordingState } from '../signalwire/space.js';

/** The state of a conference's recording in SignalWire's words; `none` if there is no recording, or it is over. */
export type RecordingStatus = RecordingState | 'none';

/** Something that happened in a conference, and the state after it. */
export interface HistoryEvent {
  /** ms since 1970. */
  at: number;
  what: 'seen' | 'joined' | 'left' | 'recording' | 'over';
  /** Who joined or left. */
  callSid?: string;
  people: number;
  recording: RecordingStatus;
}

/** The course of one conference, as far as this copy of the service has seen it. */
export interface Timeline {
  readonly sid: string;
  name: string | undefined;
  /** When this copy first saw it (ms since 1970). */
  readonly firstSeenAt: number;
  /** When it ended (ms since 1970). */
  endedAt: number | undefined;
  /** CallSids of the people in the conference. */
  people: Set<string>;
  recording: RecordingStatus;
  /** Since when the recording has been in its state: ms since 1970, and ms of the monotonic clock. */
  recordingSince: number;
  changedAt: number;
  /** How long it ran and was paused, without the time since `recordingSince`. */
  recordedMs: number;
  pausedMs: number;
  /** Oldest first. Each has the state after it, so the oldest ones can be dropped. */
  events: HistoryEvent[];
  /** Differs after each change. */
  version: number;
}

/** What happened in the conferences since the start, in memory, as far as it can be shown. */
export interface History {
  /** When it began (ms since 1970). */
  readonly since: number;
  /** Since when SignalWire has been failing (ms since 1970); undefined if it isn't. */
  readonly failingSince: number | undefined;
  /** Differs after each change. */
  readonly version: number;
  record(event: RecorderEvent): void;
  /** Those in progress, in the order in which they were first seen. */
  live(): Timeline[];
  /** Those that are over, the latest first. */
  finished(): Timeline[];
}

const MAX_FINISHED = 20;

/** More than the page can show, and few enough to be sent every second. */
const MAX_EVENTS = 100;

/** An empty history. */
export function createHistory(): History {
  const since = Date.now();
  const live = new Map<string, Timeline>();
  const finished = new Map<string, Timeline>();
  let failingSince: number | undefined;
  let version = 0;

  function touch(timeline: Timeline): void {
    timeline.version += 1;
    version += 1;
  }

  function append(timeline: Timeline, event: Pick<HistoryEvent, 'what' | 'callSid'>): void {
    const { people, recording } = timeline;
    timeline.events.push({ at: Date.now(), ...event, people: people.size, recording });
    if (timeline.events.length > MAX_EVENTS) timeline.events.shift();
    touch(timeline);
  }

  /** @param isRead whether the snapshot comes from a read. Nobody can then say when the people in it joined. */
  function update(snapshot: ConferenceSnapshot, isRead: boolean): void {
    const timeline = live.get(snapshot.sid) ?? begin(snapshot, isRead);
    if (!timeline) return;
    const { name, people, recordingState } = snapshot;
    if (name !== undefined && timeline.name !== name) {
      timeline.name = name;
      touch(timeline);
    }
    for (const callSid of timeline.people) {
      if (people.has(callSid)) continue;
      timeline.people.delete(callSid);
      append(timeline, { what: 'left', callSid });
    }
    for (const callSid of people) {
      if (timeline.people.has(callSid)) continue;
      timeline.people.add(callSid);
      append(timeline, { what: 'joined', callSid });
    }
    if (setRecording(timeline, toStatus(recordingState))) append(timeline, { what: 'recording' });
  }

  function begin({ sid, name, people, recordingState }: ConferenceSnapshot, isRead: boolean): Timeline | undefined {
    // An empty conference isn't shown, and a late callback must not bring a finished one back.
    if (!recordingState && (people.size === 0 || finished.has(sid))) return undefined;
    const timeline = finished.get(sid) ?? createTimeline(sid, name);
    finished.delete(sid);
    live.set(sid, timeline);
    timeline.endedAt = undefined;
    if (isRead) {
      timeline.people = new Set(people);
      setRecording(timeline, toStatus(recordingState));
    }
    append(timeline, { what: 'seen' });
    return timeline;
  }

  function updateRecording(conferenceSid: string, recording: RecordingStatus): void {
    const timeline = live.get(conferenceSid);
    if (timeline && setRecording(timeline, recording)) append(timeline, { what: 'recording' });
  }

  function end(conferenceSid: string): void {
    const timeline = live.get(conferenceSid);
    if (!timeline) return;
    timeline.endedAt = Date.now();
    timeline.people.clear();
    setRecording(timeline, 'none');
    append(timeline, { what: 'over' });
    live.delete(conferenceSid);
    finished.set(conferenceSid, timeline);
    for (const sid of finished.keys()) {
      if (finished.size <= MAX_FINISHED) break;
      finished.delete(sid);
    }
  }

  function setFailingSince(at: number | undefined): void {
    failingSince = at;
    version += 1;
  }

  return {
    since,
    get failingSince() {
      return failingSince;
    },
    get version() {
      return version;
    },
    record(event) {
      switch (event.type) {
        case 'conference-reported':
        case 'recording-reported':
        case 'participant-reported':
        case 'conference-read':
          return update(event.conference, event.type === 'conference-read');
        case 'recording-written':
          return updateRecording(event.conference.sid, event.state);
        case 'conference-over':
          return end(event.conferenceSid);
        case 'outage-began':
          return setFailingSince(Date.now());
        case 'outage-ended':
          return setFailingSince(undefined);
      }
    },
    live: () => [...live.values()],
    finished: () => [...finished.values()].reverse(),
  };
}

function createTimeline(sid: string, name: string | undefined): Timeline {
  const now = Date.now();
  return {
    sid,
    name,
    firstSeenAt: now,
    endedAt: undefined,
    people: new Set(),
    recording: 'none',
    recordingSince: now,
    changedAt: performance.now(),
    recordedMs: 0,
    pausedMs: 0,
    events: [],
    version: 0,
  };
}

function toStatus(state: ObservedState | undefined): RecordingStatus {
  return state === undefined || state === 'over' ? 'none' : state;
}

/** @returns whether the state differs from the one before */
function setRecording(timeline: Timeline, recording: RecordingStatus): boolean {
  if (timeline.recording === recording) return false;
  const now = performance.now();
  if (timeline.recording === 'in-progress') timeline.recordedMs += now - timeline.changedAt;
  if (timeline.recording === 'paused') timeline.pausedMs += now - timeline.changedAt;
  timeline.recording = recording;
  timeline.recordingSince = Date.now();
  timeline.changedAt = now;
  return true;
}
