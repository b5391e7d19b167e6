import { type Conference, createConference } from './conference.js';

/**
 * The conferences we know, in memory, and the open room: the name that callers share who asked for none.
 * Nothing is kept across a restart; the first sweep reads it all from the space again.
 */
export interface Registry {
  readonly size: number;
  get(conferenceSid: string): Conference | undefined;
  all(): Conference[];
  /** The conference of that SID, known from now on. */
  track(conferenceSid: string, name?: string): Conference;
  /** Forgets a conference that is over, and closes the open room if it was the room's last one. */
  forget(conferenceSid: string, name?: string): void;
  /** The open room's name, prefix included; where none is open, this caller's CallSid opens one. */
  roomFor(callSid: string): string;
  /** Opens a room that exists already, by its whole name, unless one is open. */
  reopenRoom(name: string): void;
}

interface Room {
  name: string;
  isOpen: boolean;
  /** SIDs of its conferences that are over: a late callback of theirs doesn't open it again. */
  over: Set<string>;
}

/** @param prefix what the open room's name has before the CallSid */
export function createRegistry(prefix: string): Registry {
  const conferences = new Map<string, Conference>();
  let room: Room | undefined;

  const isHeld = (name: string) => [...conferences.values()].some((conference) => conference.name === name);
  const open = (name: string): Room => ({ name, isOpen: true, over: new Set() });

  return {
    get size() {
      return conferences.size;
    },
    get: (conferenceSid) => conferences.get(conferenceSid),
    all: () => [...conferences.values()],

    track(conferenceSid, name) {
      const conference = conferences.get(conferenceSid) ?? createConference(conferenceSid);
      conference.name ??= name;
      conferences.set(conferenceSid, conference);
      // A caller who was sent to the room just before its conference ended starts another one of that name.
      if (room && conference.name === room.name && !room.over.has(conferenceSid)) room.isOpen = true;
      return conference;
    },

    forget(conferenceSid, name) {
      const ended = conferences.get(conferenceSid)?.name ?? name;
      conferences.delete(conferenceSid);
      if (!room || ended !== room.name) return;
      room.over.add(conferenceSid);
      room.isOpen = isHeld(room.name);
    },

    roomFor(callSid) {
      if (!room?.isOpen) room = open(prefix + callSid);
      return room.name;
    },

    reopenRoom(name) {
      if (!room?.isOpen) room = open(name);
    },
  };
}
