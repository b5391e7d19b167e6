import type { Announcement, SeenConference } from '../announcements.js';
import type { RecordingState } from '../signalwire/space.js';

/** What a conference's recording does: SignalWire's words, and `none` where it isn't there, or isn't any more. */
export type Recording = RecordingState | 'none';

/** Something that happened in a conference, and how things were after it. */
export interface HistoryEvent {
  /** ms since 1970, by this machine's clock. */
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
  /** Since when the recording has done so (ms since 1970). */
  recordingSince: number;
  /** How long it ran and how long it was paused, in stretches that are over. */
  recordedMs: number;
  pausedMs: number;
  /** Oldest first. The first one says how things were when it happened; earlier ones may be forgotten. */
  events: HistoryEvent[];
}

/** What the conferences went through since the start, in memory, as much of it as can be shown. */
export interface History {
  /** When it began (ms since 1970). */
  readonly since: number;
  /** Another one after each change. */
  readonly version: number;
  hear(announcement: Announcement): void;
  /** Those in progress, in the order they were seen. */
  live(): Life[];
  /** Those that are over, the latest first. */
  finished(): Life[];
}

const MAX_FINISHED = 20;

/** Far more than a strip can show. */
const MAX_EVENTS = 200;

export function createHistory(): History {
  const since = Date.now();
  const live = new Map<string, Life>();
  const finished = new Map<string, Life>();
  let version = 0;

  function note(life: Life, event: Pick<HistoryEvent, 'what' | 'callSid'>, at: number): void {
    life.events.push({ at, ...event, people: life.people.size, recording: life.recording });
    if (life.events.length > MAX_EVENTS) life.events.shift();
    version += 1;
  }

  function see(seen: SeenConference): void {
    // A late callback speaks of a conference that is over: nothing of it goes on.
    if (finished.has(seen.sid) && seen.people.size === 0 && seen.recording === undefined) return;
    const at = Date.now();
    const life = live.get(seen.sid) ?? begin(seen, at);
    if (life.name !== seen.name) {
      life.name = seen.name;
      version += 1;
    }
    for (const callSid of life.people) {
      if (seen.people.has(callSid)) continue;
      life.people.delete(callSid);
      note(life, { what: 'left', callSid }, at);
    }
    for (const callSid of seen.people) {
      if (life.people.has(callSid)) continue;
      life.people.add(callSid);
      note(life, { what: 'joined', callSid }, at);
    }
    if (turnTo(life, seen.recording ?? 'none', at)) note(life, { what: 'recording' }, at);
  }

  /** A conference that was thought to be over is taken up again. */
  function begin({ sid, name }: SeenConference, at: number): Life {
    const life = finished.get(sid) ?? createLife(sid, name, at);
    life.endedAt = undefined;
    finished.delete(sid);
    live.set(sid, life);
    note(life, { what: 'seen' }, at);
    return life;
  }

  function end(conferenceSid: string): void {
    const life = live.get(conferenceSid);
    if (!life) return;
    const at = Date.now();
    life.endedAt = at;
    life.people.clear();
    turnTo(life, 'none', at);
    note(life, { what: 'over' }, at);
    live.delete(conferenceSid);
    finished.set(conferenceSid, life);
    for (const sid of finished.keys()) {
      if (finished.size <= MAX_FINISHED) break;
      finished.delete(sid);
    }
  }

  return {
    since,
    get version() {
      return version;
    },
    hear(announcement) {
      if (announcement.what === 'seen') see(announcement.conference);
      if (announcement.what === 'over') end(announcement.conferenceSid);
    },
    live: () => [...live.values()],
    finished: () => [...finished.values()].reverse(),
  };
}

function createLife(sid: string, name: string | undefined, at: number): Life {
  return {
    sid,
    name,
    firstSeenAt: at,
    endedAt: undefined,
    people: new Set(),
    recording: 'none',
    recordingSince: at,
    recordedMs: 0,
    pausedMs: 0,
    events: [],
  };
}

/** @returns whether that is something else than before */
function turnTo(life: Life, recording: Recording, at: number): boolean {
  if (life.recording === recording) return false;
  const ms = at - life.recordingSince;
  if (life.recording === 'in-progress') life.recordedMs += ms;
  if (life.recording === 'paused') life.pausedMs += ms;
  life.recording = recording;
  life.recordingSince = at;
  return true;
}
