import type { Occupancy } from '../recording/reconciler.js';
import type { ConferenceSpace, ListedConference } from '../signalwire/space.js';

export interface OpenRoomOptions {
  space: ConferenceSpace;
  /** What the name of a conference has before the CallSid. */
  prefix: string;
  /** What is known to go on in the conferences of that name. */
  occupancyOf(name: string): Occupancy;
}

/** Which conference callers are put into who ask for no room. No doubt may split them. */
export interface OpenRoom {
  /**
   * The open room's name, prefix included; where none is open, this caller's CallSid opens one. The caller counts as sent
   * there. Call it only once `Reconciler.start` has settled, else a restart would split callers.
   */
  nameFor(callSid: string): string;
  /** Callers who were sent to the room of that name and aren't known to be gone. */
  callersOf(name: string): Iterable<string>;
  /** The name of the room that a caller was sent to; undefined where it isn't the current one, or isn't known. */
  nameOf(callSid: string): string | undefined;
  /** Conferences that were there before us: callers join the oldest one of a caller's own room (see `nameFor`). */
  found(conferences: ListedConference[]): void;
  /** A caller has left. */
  left(callSid: string): void;
  /** A conference of that name is over. */
  conferenceOver(name: string | undefined): void;
  /** Asks for nothing more. */
  close(): void;
}

/** SignalWire's SIDs are UUIDs. Source: its OpenAPI document. */
const CALL_SID = /^([\w-]*-)?[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** How long after a caller was sent to the room a 404 on their call says nothing, in milliseconds. */
const YOUNG_MS = 60_000;

/** The waits between asking whether callers are still there, in milliseconds: longer and longer, and the longest in a room with a conference. */
const FIRST_CHECK_MS = 250;
const MAX_CHECK_MS = 30_000;

/** The waits between looking whether a CallSid that SignalWire doesn't know is a call after all, in milliseconds. */
const FIRST_VERIFY_MS = 1000;
const MAX_VERIFY_MS = 8000;

/** Begins with no room open. */
export function createOpenRoom({ space, prefix, occupancyOf }: OpenRoomOptions): OpenRoom {
  let current: string | undefined;
  /** Those who were sent to the current room, as received, and when (ms, monotonic); by CallSid in small letters. */
  const callers = new Map<string, { callSid: string; sentAt: number }>();
  /** Whether one of them is known to be there still. */
  let hasCaller = false;
  /** Rooms that were there before us, oldest first. */
  let candidates: ListedConference[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const isLive = (name: string) => occupancyOf(name).conferences > 0;
  const isOpen = (name: string) => isLive(name) || callers.size > 0;

  /** The room that was there before us, one with somebody in before an empty one; undefined where there is none. */
  function roomOfBefore(): string | undefined {
    candidates = candidates.filter(({ name }) => isLive(name));
    const occupied = candidates.find(({ name }) => occupancyOf(name).people > 0);
    return (occupied ?? candidates[0])?.name;
  }

  function choose(callSid: string): string {
    if (current === undefined || !isOpen(current)) return roomOfBefore() ?? prefix + callSid;
    // A room of before that is found late wins over a new one in which nobody is yet.
    return isLive(current) || hasCaller ? current : (roomOfBefore() ?? current);
  }

  function checkIn(ms: number): void {
    if (isClosed || callers.size === 0) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      void check(ms);
    }, ms);
  }

  /** Asks for each caller who isn't known to have left whether the call still is. */
  async function check(waitedMs: number): Promise<void> {
    for (const [key, { callSid, sentAt }] of callers) {
      const state = await space.fetchCallState(callSid).catch(() => 'unknown' as const);
      if (isClosed) return;
      hasCaller ||= state === 'alive';
      const isYoung = performance.now() - sentAt < YOUNG_MS;
      if (state === 'over' || (state === undefined && !isYoung)) callers.delete(key);
    }
    const isQuiet = current !== undefined && isLive(current);
    checkIn(isQuiet ? MAX_CHECK_MS : Math.min(MAX_CHECK_MS, waitedMs * 2));
  }

  /**
   * Drops a room that somebody asked for by name, which only looks like a CallSid: SignalWire knows no such call. As reads may
   * lag, a 404 is looked into again; and while SignalWire doesn't tell, the room stays, as no doubt may split callers.
   *
   * @param againMs when to look again
   */
  async function verify(room: ListedConference, againMs: number): Promise<void> {
    const state = await space.fetchCallState(room.name.slice(prefix.length)).catch(() => 'alive' as const);
    candidates = candidates.filter((candidate) => candidate.sid !== room.sid);
    if (state !== undefined) candidates = [...candidates, room].toSorted(byAge);
    else if (againMs <= MAX_VERIFY_MS) setTimeout(() => void (isClosed || verify(room, againMs * 2)), againMs);
  }

  return {
    nameFor(callSid) {
      const name = choose(callSid);
      if (name !== current) {
        callers.clear();
        hasCaller = false;
      }
      current = name;
      callers.set(callSid.toLowerCase(), { callSid, sentAt: performance.now() });
      checkIn(FIRST_CHECK_MS);
      return name;
    },
    callersOf: (name) => (name === current ? [...callers.values()].map(({ callSid }) => callSid) : []),
    found(conferences) {
      const rooms = conferences.filter(({ name }) => CALL_SID.test(name.slice(prefix.length)));
      candidates = [...candidates, ...rooms].toSorted(byAge);
      for (const room of rooms) void verify(room, FIRST_VERIFY_MS);
    },
    nameOf: (callSid) => (callers.has(callSid.toLowerCase()) ? current : undefined),
    left: (callSid) => void callers.delete(callSid.toLowerCase()),
    conferenceOver(name) {
      if (name === undefined || name !== current || isLive(name)) return;
      clearTimeout(timer);
      timer = undefined;
      checkIn(FIRST_CHECK_MS);
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

function byAge(a: ListedConference, b: ListedConference): number {
  return a.createdAt - b.createdAt;
}
