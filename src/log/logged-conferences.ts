import type { ObservedState } from '../signalwire/space.js';

/** What the log has said about a conference, so that it says each thing once. */
export interface LoggedConference {
  readonly sid: string;
  name: string | undefined;
  /** CallSids, in lower case, of the people who are in according to the log, and of those who are in and don't count. */
  people: Set<string>;
  held: Set<string>;
  /** CallSids of the last people who left. */
  gone: Set<string>;
  recordingSid: string | undefined;
  recordingState: ObservedState | undefined;
  /** The recordings it has had, by SID in lower case, each with the status it finished with; undefined if it hasn't finished. */
  recordings: Map<string, string | undefined>;
  isOver: boolean;
}

/** Callbacks about a recording may arrive after its conference is over, so this many conferences are remembered after their end. */
const MAX_ENDED = 1000;

/** How many recordings are remembered for each conference. */
const MAX_RECORDINGS = 100;

/** How many people who have left are remembered for each conference: enough for callbacks that arrive twice. */
const MAX_GONE = 100;

/** Remembers what was logged about the conferences in progress, and about the latest that are over. */
export type LoggedConferences = ReturnType<typeof createLoggedConferences>;

export function createLoggedConferences() {
  /** By SID in lower case. */
  const live = new Map<string, LoggedConference>();
  const ended = new Map<string, LoggedConference>();

  const find = (sid: string) => live.get(sid.toLowerCase()) ?? ended.get(sid.toLowerCase());

  function addEnded(conference: LoggedConference): void {
    ended.set(conference.sid.toLowerCase(), conference);
    for (const sid of ended.keys()) {
      if (ended.size <= MAX_ENDED) break;
      ended.delete(sid);
    }
  }

  return {
    find,

    /** The conference that an event is about. It counts as in progress until `end`. */
    track(sid: string, name: string | undefined): LoggedConference {
      const conference = find(sid) ?? createLoggedConference(sid);
      conference.name ??= name;
      ended.delete(sid.toLowerCase());
      live.set(sid.toLowerCase(), conference);
      return conference;
    },

    /** The conference of a recording; undefined if it is unknown and the callback doesn't name it. */
    ofRecording(recordingSid: string, conferenceSid: string | undefined): LoggedConference | undefined {
      if (conferenceSid === undefined) {
        const key = recordingSid.toLowerCase();
        return [...live.values(), ...ended.values()].find(({ recordings }) => recordings.has(key));
      }
      const known = find(conferenceSid);
      if (known) return known;
      const conference = createLoggedConference(conferenceSid);
      addEnded(conference);
      return conference;
    },

    end(conference: LoggedConference): void {
      live.delete(conference.sid.toLowerCase());
      addEnded(conference);
    },
  };
}

/** Remembers a recording, and the status it finished with; undefined if it hasn't finished. */
export function setRecording({ recordings }: LoggedConference, key: string, status: string | undefined): void {
  recordings.set(key, status);
  for (const earliest of recordings.keys()) {
    if (recordings.size <= MAX_RECORDINGS) break;
    recordings.delete(earliest);
  }
}

/** Whether somebody is in a conference, in but on hold, or gone. */
export type Presence = 'in' | 'held' | 'gone';

/** Where somebody is according to the log; undefined if it has said nothing of them. */
export function presenceOf({ people, held, gone }: LoggedConference, callSid: string): Presence | undefined {
  if (people.has(callSid)) return 'in';
  if (held.has(callSid)) return 'held';
  return gone.has(callSid) ? 'gone' : undefined;
}

/** Remembers where somebody is. A conference with somebody in it is not over after all. */
export function setPresence(logged: LoggedConference, callSid: string, presence: Presence): void {
  const { people, held, gone } = logged;
  for (const callSids of [people, held, gone]) callSids.delete(callSid);
  if (presence !== 'gone') {
    (presence === 'in' ? people : held).add(callSid);
    logged.isOver = false;
    return;
  }
  gone.add(callSid);
  for (const earliest of gone) {
    if (gone.size <= MAX_GONE) break;
    gone.delete(earliest);
  }
}

function createLoggedConference(sid: string): LoggedConference {
  return {
    sid,
    name: undefined,
    people: new Set(),
    held: new Set(),
    gone: new Set(),
    recordingSid: undefined,
    recordingState: undefined,
    recordings: new Map(),
    isOver: false,
  };
}
