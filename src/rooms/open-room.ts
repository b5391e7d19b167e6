import type { Occupancy } from '../recording/reconciler.js';
import type { ConferenceSpace, ListedConference } from '../signalwire/space.js';

export interface OpenRoomOptions {
  space: ConferenceSpace;
  /** What precedes the CallSid in a conference's name. */
  prefix: string;
  /** The known conferences of a name, and the people in them. */
  occupancyOf(name: string): Occupancy;
}

/** The room for callers who don't ask for one. Two such callers must always meet: no uncertainty may split them. */
export interface OpenRoom {
  /**
   * Puts a caller into the open room. If no room is open, the caller's own CallSid names a new one. Call this only after
   * `Reconciler.start` has settled; otherwise a restart would split callers.
   *
   * @returns the conference's name, prefix included
   */
  nameFor(callSid: string): string;
  /** CallSids of the callers who were put into the conference of that name and are not known to have left. */
  callersOf(name: string): Iterable<string>;
  /** The name of the conference that a caller was put into; undefined if it isn't the open room, or isn't known. */
  nameOf(callSid: string): string | undefined;
  /** Conferences that existed before this process. Callers join the oldest one that is named like an open room. */
  found(conferences: ListedConference[]): void;
  /** A caller has left. */
  left(callSid: string): void;
  /** A conference of that name is over. */
  conferenceOver(name: string | undefined): void;
  /** Sends no more requests. */
  close(): void;
}

/** SignalWire's SIDs are UUIDs. Source: its OpenAPI document. */
const CALL_SID = /^([\w-]*-)?[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** While a call is younger than this, a 404 on it proves nothing, in milliseconds. */
const YOUNG_MS = 60_000;

/** The waits between checks on the callers, in milliseconds. They double, and are longest once the conference is known. */
const FIRST_CHECK_MS = 250;
const MAX_CHECK_MS = 30_000;

/** The waits between checks on a CallSid that SignalWire doesn't know, in milliseconds. They double. */
const FIRST_VERIFY_MS = 1000;
const MAX_VERIFY_MS = 8000;

/** No room is open at first. */
export function createOpenRoom({ space, prefix, occupancyOf }: OpenRoomOptions): OpenRoom {
  let current: string | undefined;
  /** The callers who were put into the current room, and when (ms, monotonic); by CallSid in lower case. */
  const callers = new Map<string, { callSid: string; sentAt: number }>();
  /** Whether at least one of their calls was seen alive. */
  let hasCaller = false;
  /** Rooms that existed before this process, oldest first. */
  let earlierRooms: ListedConference[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const isLive = (name: string) => occupancyOf(name).conferences > 0;
  const isOpen = (name: string) => isLive(name) || callers.size > 0;

  /** The oldest earlier room with somebody in it, otherwise the oldest one. */
  function earlierRoom(): string | undefined {
    earlierRooms = earlierRooms.filter(({ name }) => isLive(name));
    const occupied = earlierRooms.find(({ name }) => occupancyOf(name).people > 0);
    return (occupied ?? earlierRooms[0])?.name;
  }

  function choose(callSid: string): string {
    if (current === undefined || !isOpen(current)) return earlierRoom() ?? prefix + callSid;
    // An earlier room that is found late takes precedence over a new room that is still empty.
    return isLive(current) || hasCaller ? current : (earlierRoom() ?? current);
  }

  function scheduleCheck(ms: number): void {
    if (isClosed || callers.size === 0) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      void checkCallers(ms);
    }, ms);
  }

  /** Asks SignalWire for each caller's call, and drops those whose calls are over. */
  async function checkCallers(waitedMs: number): Promise<void> {
    for (const [key, { callSid, sentAt }] of callers) {
      const state = await space.fetchCallState(callSid).catch(() => 'unknown' as const);
      if (isClosed) return;
      hasCaller ||= state === 'alive';
      const isYoung = performance.now() - sentAt < YOUNG_MS;
      if (state === 'over' || (state === undefined && !isYoung)) callers.delete(key);
    }
    const isKnown = current !== undefined && isLive(current);
    scheduleCheck(isKnown ? MAX_CHECK_MS : Math.min(MAX_CHECK_MS, waitedMs * 2));
  }

  /**
   * Drops an earlier room whose name only looks like a CallSid, because SignalWire knows no such call: a caller asked for it by
   * `?room=`. Reads may lag, so a 404 is checked again. While SignalWire can't tell, the room stays.
   *
   * @param nextMs how long to wait before the next check
   */
  async function verify(room: ListedConference, nextMs: number): Promise<void> {
    const state = await space.fetchCallState(room.name.slice(prefix.length)).catch(() => 'alive' as const);
    earlierRooms = earlierRooms.filter(({ sid }) => sid !== room.sid);
    if (state !== undefined) earlierRooms = [...earlierRooms, room].toSorted(byAge);
    else if (nextMs <= MAX_VERIFY_MS) setTimeout(() => void (isClosed || verify(room, nextMs * 2)), nextMs);
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
      scheduleCheck(FIRST_CHECK_MS);
      return name;
    },
    callersOf: (name) => (name === current ? [...callers.values()].map(({ callSid }) => callSid) : []),
    nameOf: (callSid) => (callers.has(callSid.toLowerCase()) ? current : undefined),
    found(conferences) {
      const rooms = conferences.filter(({ name }) => CALL_SID.test(name.slice(prefix.length)));
      earlierRooms = [...earlierRooms, ...rooms].toSorted(byAge);
      for (const room of rooms) void verify(room, FIRST_VERIFY_MS);
    },
    left: (callSid) => void callers.delete(callSid.toLowerCase()),
    conferenceOver(name) {
      if (name === undefined || name !== current || isLive(name)) return;
      clearTimeout(timer);
      timer = undefined;
      scheduleCheck(FIRST_CHECK_MS);
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
