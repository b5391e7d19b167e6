import type { Announcement, Snapshot } from '../recorder-events.js';
import type { RecordingState } from '../signalwire/space.js';

/** What a conference's recording does: SignalWire's words, and `none` where it isn't there, or isn't any more. */
export type Recording = RecordingState | 'none';

/** Something that happened in a conference, and how things were after it. */
export interface HistoryEvent {
  /** ms since 1970. */
  at: number;
  what: 'seen' | 'joined' | 'left' | 'recording' | 'over';
  /** Who joined or left. */
  callSid?: string;
  people: number;
  recording: Recording;
}

/** A conference's life, as far as this copy has seen it. */
export interface Life {
  readonly sid: string;
  name: string | undefined;
  /** When this copy saw it first (ms since 1970). */
  readonly firstSeenAt: number;
  /** When it was over (ms since 1970). */
  endedAt: number | undefined;
  /** CallSids of those who are in. */
  people: Set<string>;
  recording: Recording;
  /** Since when the recording has done so (ms since 1970; and as `performance.now` has it, which no clock change moves). */
  recordingSince: number;
  turnedAt: number;
  /** How long it ran and how long it was paused, in stretches that are over. */
  recordedMs: number;
  pausedMs: number;
  /** Oldest first. The first one says how things were when it happened; earlier ones may be forgotten. */
  events: HistoryEvent[];
  /** Another one after each change. */
  version: number;
}

/** What the conferences went through since the start, in memory, as much of it as can be shown. */
export interface History {
  /** When it began (ms since 1970). */
  readonly since: number;
  /** Since when SignalWire has been failing (ms since 1970); undefined where it isn't. */
  readonly failingSince: number | undefined;
  /** Another one after each change. */
  readonly version: number;
  hear(announcement: Announcement): void;
  /** Those in progress, in the order they were seen. */
  live(): Life[];
  /** Those that are over, the latest first. */
  finished(): Life[];
}

const MAX_FINISHED = 20;

/** More than a strip can show, and little enough to be sent each second. */
const MAX_EVENTS = 100;

/** Begins with nothing seen. */
export function createHistory(): History {
  const since = Date.now();
  const live = new Map<string, Life>();
  const finished = new Map<string, Life>();
  let failingSince: number | undefined;
  let version = 0;

  function change(life: Life): void {
    life.version += 1;
    version += 1;
  }

  function note(life: Life, event: Pick<HistoryEvent, 'what' | 'callSid'>): void {
    life.events.push({ at: Date.now(), ...event, people: life.people.size, recording: life.recording });
    if (life.events.length > MAX_EVENTS) life.events.shift();
    change(life);
  }

  function take(snapshot: Snapshot, isLook: boolean): void {
    const { name, people, recording } = snapshot;
    const life = live.get(snapshot.sid) ?? begin(snapshot, isLook);
    if (!life) return;
    if (name !== undefined && life.name !== name) {
      life.name = name;
      change(life);
    }
    for (const callSid of life.people) {
      if (people.has(callSid)) continue;
      life.people.delete(callSid);
      note(life, { what: 'left', callSid });
    }
    for (const callSid of people) {
      if (life.people.has(callSid)) continue;
      life.people.add(callSid);
      note(life, { what: 'joined', callSid });
    }
    if (turnTo(life, shownAs(recording))) note(life, { what: 'recording' });
  }

  /** @param isLook whether it was found by looking: then nobody can say when those who are in have joined */
  function begin({ sid, name, people, recording }: Snapshot, isLook: boolean): Life | undefined {
    // What isn't there has no life, and a late callback doesn't bring one back.
    if (!recording && (people.size === 0 || finished.has(sid))) return undefined;
    const life = finished.get(sid) ?? createLife(sid, name);
    finished.delete(sid);
    live.set(sid, life);
    life.endedAt = undefined;
    if (isLook) {
      life.people = new Set(people);
      turnTo(life, shownAs(recording));
    }
    note(life, { what: 'seen' });
    return life;
  }

  function setRecording(conferenceSid: string, recording: Recording): void {
    const life = live.get(conferenceSid);
    if (life && turnTo(life, recording)) note(life, { what: 'recording' });
  }

  function end(conferenceSid: string): void {
    const life = live.get(conferenceSid);
    if (!life) return;
    life.endedAt = Date.now();
    life.people.clear();
    turnTo(life, 'none');
    note(life, { what: 'over' });
    live.delete(conferenceSid);
    finished.set(conferenceSid, life);
    for (const sid of finished.keys()) {
      if (finished.size <= MAX_FINISHED) break;
      finished.delete(sid);
    }
  }

  function noteFailing(at: number | undefined): void {
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
    hear(announcement) {
      const { what } = announcement;
      if (what === 'reported' || what === 'participant' || what === 'read') {
        take(announcement.conference, what === 'read');
      } else if (what === 'written') setRecording(announcement.conference.sid, announcement.state);
      else if (what === 'over') end(announcement.conferenceSid);
      else if (what === 'failing') noteFailing(Date.now());
      else if (what === 'working') noteFailing(undefined);
    },
    live: () => [...live.values()],
    finished: () => [...finished.values()].reverse(),
  };
}

function createLife(sid: string, name: string | undefined): Life {
  const now = Date.now();
  return {
    sid,
    name,
    firstSeenAt: now,
    endedAt: undefined,
    people: new Set(),
    recording: 'none',
    recordingSince: now,
    turnedAt: performance.now(),
    recordedMs: 0,
    pausedMs: 0,
    events: [],
    version: 0,
  };
}

function shownAs(recording: Snapshot['recording']): Recording {
  return recording === undefined || recording === 'over' ? 'none' : recording;
}

/** @returns whether that is something else than before */
function turnTo(life: Life, recording: Recording): boolean {
  if (life.recording === recording) return false;
  const now = performance.now();
  if (life.recording === 'in-progress') life.recordedMs += now - life.turnedAt;
  if (life.recording === 'paused') life.pausedMs += now - life.turnedAt;
  life.recording = recording;
  life.recordingSince = Date.now();
  life.turnedAt = now;
  return true;
}
