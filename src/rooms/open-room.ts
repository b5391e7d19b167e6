import type { ConferenceSpace, ListedConference } from '../signalwire/space.js';

/** How many conferences of a name are known, and how many people are in them. */
export interface Occupancy {
  conferences: number;
  people: number;
}

export interface OpenRoomOptions {
  space: ConferenceSpace;
  /** What precedes the CallSid in a conference's name. */
  prefix: string;
  occupancyOf(name: string): Occupancy;
  /** Whether this copy of the service checks whether callers are still there. */
  checksCallers(): boolean;
  /** Called when a check shows that a caller's call is over. */
  onCallerGone(callSid: string): void;
}

/** The open room and those who were put into it. */
export interface Room {
  name: string;
  /** CallSids. */
  callers: string[];
}

/** The room for callers who don't ask for one. Two such callers must always meet, even if we are unsure. */
export interface OpenRoom {
  /**
   * Puts a caller into the open room. If no room is open, the caller's own CallSid names a new one. Call this only after
   * `Reconciler.start` has settled; otherwise a restart would split callers.
   *
   * @returns the conference's name, prefix included
   */
  placeCaller(callSid: string): string;
  /** CallSids of the callers who were put into the conference of that name and are not known to have left. */
  callersOf(name: string): Iterable<string>;
  /** The name of the conference that a caller was put into; undefined if it isn't the open room, or isn't known. */
  roomOf(callSid: string): string | undefined;
  /**
   * Adds conferences that existed before this process. If no room is in use, callers join one whose name looks like that of an
   * open room: the oldest with somebody in it, or else the oldest.
   */
  addEarlierConferences(conferences: ListedConference[]): void;
  /** The room that is open, or was last; undefined if there was none. */
  current(): Room | undefined;
  /** Whether somebody who was put into the open room is not known to have left it. */
  hasCallers(): boolean;
  /**
   * Another copy of the service has put callers into a room. It becomes ours unless ours is another one that is in use.
   *
   * @param isBinding that copy decides about the open room, so ours is in use only if callers of ours are in it
   */
  adopt(room: Room, isBinding: boolean): void;
  /** A caller has left. */
  callerLeft(callSid: string): void;
  /** A conference of that name is over. */
  conferenceOver(name: string | undefined): void;
  /** Sends no more requests. */
  close(): void;
}

/** SignalWire's SIDs are UUIDs (source: its OpenAPI document). That they may have a prefix is assumed. */
const CALL_SID = /^([\w-]*-)?[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** How long after a caller was placed a 404 on the call proves nothing, in milliseconds. */
const YOUNG_MS = 60_000;

/** The waits between checks on the callers, in milliseconds. They double, and are longest once the conference is known. */
const FIRST_CHECK_MS = 250;
const MAX_CHECK_MS = 30_000;

/** The wait between checks if another copy of the service makes them and reports the results (ms). */
const OTHERS_CHECK_MS = 60_000;

/** The waits between checks on a CallSid that SignalWire doesn't know, in milliseconds. They double. */
const FIRST_VERIFY_MS = 1000;
const MAX_VERIFY_MS = 8000;

/** No room is open at first. */
export function createOpenRoom(options: OpenRoomOptions): OpenRoom {
  const { space, prefix, occupancyOf, checksCallers, onCallerGone } = options;
  let current: string | undefined;
  /** The callers who were put into the current room, and when (ms, monotonic); by CallSid in lower case. */
  const callers = new Map<string, { callSid: string; sentAt: number }>();
  /** Whether a call in the current room has been seen alive. */
  let hasSeenLiveCall = false;
  /** Rooms that existed before this process, oldest first. */
  let earlierRooms: ListedConference[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const isLive = (name: string) => occupancyOf(name).conferences > 0;
  const isInUse = (name: string) => isLive(name) || callers.size > 0;

  /** The oldest earlier room with somebody in it, otherwise the oldest one. */
  function earlierRoom(): string | undefined {
    earlierRooms = earlierRooms.filter(({ name }) => isLive(name));
    const occupied = earlierRooms.find(({ name }) => occupancyOf(name).people > 0);
    return (occupied ?? earlierRooms[0])?.name;
  }

  function choose(callSid: string): string {
    const room = current !== undefined && isInUse(current) ? current : undefined;
    if (room !== undefined && (isLive(room) || hasSeenLiveCall)) return room;
    // An earlier room that is found late takes precedence over a new room in which no call has been seen alive.
    return earlierRoom() ?? room ?? prefix + callSid;
  }

  function put(name: string, callSids: string[]): void {
    if (name !== current) {
      callers.clear();
      hasSeenLiveCall = false;
    }
    current = name;
    const sentAt = performance.now();
    for (const callSid of callSids) callers.set(callSid.toLowerCase(), { callSid, sentAt });
    scheduleCheck(FIRST_CHECK_MS);
  }

  function scheduleCheck(ms: number): void {
    if (isClosed || callers.size === 0) return;
    const waitMs = checksCallers() ? ms : OTHERS_CHECK_MS;
    timer ??= setTimeout(() => {
      timer = undefined;
      void checkCallers(ms);
    }, waitMs);
  }

  /** Asks SignalWire for each caller's call, and drops those whose calls are over. */
  async function checkCallers(waitedMs: number): Promise<void> {
    for (const [key, { callSid, sentAt }] of callers) {
      const state = await space.fetchCallState(callSid).catch(() => 'failed' as const);
      if (isClosed) return;
      hasSeenLiveCall ||= state === 'alive';
      const isYoung = performance.now() - sentAt < YOUNG_MS;
      if (state !== 'over' && !(state === undefined && !isYoung)) continue;
      callers.delete(key);
      onCallerGone(callSid);
    }
    const isKnown = current !== undefined && isLive(current);
    scheduleCheck(isKnown ? MAX_CHECK_MS : Math.min(MAX_CHECK_MS, waitedMs * 2));
  }

  /**
   * Drops an earlier room if SignalWire knows no call with the CallSid in its name; such a name comes from `?room=`. Because a 404
   * may only be lag, the call is looked up a few more times, and the room comes back if it turns up. If a lookup fails, the room
   * stays.
   *
   * @param nextMs how long to wait before the next lookup
   */
  async function dropUnlessNamedAfterCall(room: ListedConference, nextMs: number): Promise<void> {
    const state = await space.fetchCallState(room.name.slice(prefix.length)).catch(() => 'failed' as const);
    const others = earlierRooms.filter(({ sid }) => sid !== room.sid);
    earlierRooms = state === undefined ? others : [...others, room].toSorted(byAge);
    if (state !== undefined || nextMs > MAX_VERIFY_MS) return;
    setTimeout(() => void (isClosed || dropUnlessNamedAfterCall(room, nextMs * 2)), nextMs);
  }

  return {
    placeCaller(callSid) {
      const name = choose(callSid);
      put(name, [callSid]);
      return name;
    },
    current: () =>
      current === undefined ? undefined : { name: current, callers: [...callers.values()].map(toCallSid) },
    hasCallers: () => callers.size > 0,
    adopt(room, isBinding) {
      const isOursInUse = current !== undefined && (isBinding ? callers.size > 0 : isInUse(current));
      if (room.name === current || !isOursInUse) put(room.name, room.callers);
    },
    callersOf: (name) => (name === current ? [...callers.values()].map(toCallSid) : []),
    roomOf: (callSid) => (callers.has(callSid.toLowerCase()) ? current : undefined),
    addEarlierConferences(conferences) {
      const rooms = conferences.filter(({ name }) => CALL_SID.test(name.slice(prefix.length)));
      earlierRooms = [...earlierRooms, ...rooms].toSorted(byAge);
      for (const room of rooms) void dropUnlessNamedAfterCall(room, FIRST_VERIFY_MS);
    },
    callerLeft: (callSid) => void callers.delete(callSid.toLowerCase()),
    conferenceOver(name) {
      if (name === undefined || name !== current || isLive(name)) return;
      // From now on only its callers keep the room in use, so they are checked soon.
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

function toCallSid({ callSid }: { callSid: string }): string {
  return callSid;
}

function byAge(a: ListedConference, b: ListedConference): number {
  return a.createdAt - b.createdAt;
}
