import type { Snapshot } from '../announcements.js';
import type { RecordingState } from '../signalwire/space.js';
import { isNews, type Word, type Write } from './policy.js';

/** Why a conference is looked at. */
export interface Cause {
  readonly what: 'join' | 'leave' | 'conference callback' | 'recording callback' | 'settling look' | 'sweep';
  /** When the callback came (ms, as `performance.now` has it); undefined where it isn't one. */
  readonly at: number | undefined;
}

const SWEEP: Cause = { what: 'sweep', at: undefined };
const SETTLING_LOOK: Cause = { what: 'settling look', at: undefined };

/** What we know of one conference: the Map's value. Nothing in it that the space couldn't tell us again. */
export interface Conference {
  readonly sid: string;
  /** SignalWire's FriendlyName; undefined while only a recording callback, which doesn't bring it, has been heard. */
  name: string | undefined;
  recordingSid: string | undefined;
  /** What the recording did when it was last read; undefined before that and after each acknowledged write. */
  read: RecordingState | undefined;
  /** What was last told of a recording, to whoever listens and in the log; its state is undefined until it's known. */
  told: { recordingSid: string | undefined; state: RecordingState | undefined };
  /** Pauses and resumes that no read has confirmed yet, oldest first. */
  writes: Write[];
  /** CallSids of those who are in, by the last read and the callbacks since. */
  people: Set<string>;
  /** What callbacks said of each caller lately. */
  readonly words: Map<string, Word>;
  /** When a callback last spoke of this conference (ms since 1970). */
  hintedAt: number;
  /** What had the conference looked at last, and whether all was found right, or put right, since then. */
  cause: Cause;
  isDealtWith: boolean;
  /** A resume that was sent without waiting for a pass; settles when it is answered, never rejects. */
  urgentResume: Promise<void> | undefined;
  /** SignalWire's wish not to be asked before a time (ms since 1970), and whether an urgent resume has passed it over. */
  hold: { until: number; isPassedOver: boolean };
  /** Whether a pause or resume wasn't answered: it may still be obeyed, after all that was asked since. */
  hasUnansweredWrite: boolean;
  /** How often in a row SignalWire said that it has no such thing, or won't change it. */
  refusals: number;
}

/** A conference of which only the SID is known. */
export function createConference(sid: string, name?: string): Conference {
  return {
    sid,
    name,
    recordingSid: undefined,
    read: undefined,
    told: { recordingSid: undefined, state: undefined },
    writes: [],
    people: new Set(),
    words: new Map(),
    hintedAt: 0,
    cause: SWEEP,
    isDealtWith: true,
    urgentResume: undefined,
    hold: { until: 0, isPassedOver: false },
    hasUnansweredWrite: false,
    refusals: 0,
  };
}

/**
 * Takes a callback's word on a caller.
 *
 * @param staleAfterMs how old a word may become before it no longer helps to tell news from what was overtaken
 * @returns whether it was news; if not, it's only a hint to look
 */
export function hearWord(conference: Conference, callSid: string, word: Word, staleAfterMs: number): boolean {
  for (const [known, { heardAt }] of conference.words) {
    if (heardAt < word.heardAt - staleAfterMs) conference.words.delete(known);
  }
  if (!isNews(word, conference.words.get(callSid), staleAfterMs)) return false;
  conference.words.set(callSid, word);
  if (word.isIn) conference.people.add(callSid);
  else conference.people.delete(callSid);
  return true;
}

/** Notes that a callback spoke of the conference. */
export function noteHint(conference: Conference, what: Cause['what']): void {
  conference.hintedAt = Date.now();
  conference.cause = { what, at: performance.now() };
  conference.isDealtWith = false;
}

/** Notes that a sweep has come to the conference. */
export function noteSweep(conference: Conference): void {
  noteUnlessPending(conference, SWEEP);
}

/** Notes that a look begins; one that nothing asked for is there to settle. */
export function noteLook(conference: Conference): void {
  noteUnlessPending(conference, SETTLING_LOOK);
}

// What a callback left to do is still the callback's.
function noteUnlessPending(conference: Conference, cause: Cause): void {
  if (conference.isDealtWith) conference.cause = cause;
  conference.isDealtWith = false;
}

/** Notes that a look has found all right, or put it right; what came up meanwhile is still to be dealt with. */
export function noteDealtWith(conference: Conference, cause: Cause): void {
  if (conference.cause === cause) conference.isDealtWith = true;
}

/** How long it is since the callback came (ms); undefined where the cause isn't one. */
export function sinceCallbackMs({ at }: Cause): number | undefined {
  return at === undefined ? undefined : Math.round(performance.now() - at);
}

/** What we take the recording to do: what was written last and taken, until a read confirms it; else what was read. */
export function believedState({ read, writes }: Conference): RecordingState | undefined {
  return writes.findLast(({ outcome }) => outcome === 'acknowledged')?.state ?? read;
}

/** The conference as it is announced. */
export function snapshot({ sid, name, people, told }: Conference): Snapshot {
  return { sid, name, people, recording: told.state };
}

/** What a line of the log on a recording says of its conference. */
export function circumstances({ sid, name, recordingSid, people }: Conference) {
  return { conferenceSid: sid, friendlyName: name, recordingSid, people: people.size };
}

/** What such a line says of why something was done. */
export function reason(cause: Cause) {
  return { because: cause.what, msSinceCallback: sinceCallbackMs(cause) };
}

/** How long SignalWire still wants not to be asked about this conference, in milliseconds. */
export function heldForMs({ hold }: Conference): number {
  return Math.max(0, hold.until - Date.now());
}

/** Notes that SignalWire wants not to be asked for a while. */
export function holdFor(conference: Conference, ms: number): void {
  const isPassedOver = heldForMs(conference) > 0 && conference.hold.isPassedOver;
  conference.hold = { until: Math.max(conference.hold.until, Date.now() + ms), isPassedOver };
}

/** Takes a recording for the conference's own; what was known of another one is forgotten. */
export function adoptRecording(conference: Conference, recordingSid: string | undefined): void {
  if (conference.recordingSid === recordingSid) return;
  conference.recordingSid = recordingSid;
  conference.read = undefined;
  conference.writes = [];
}

/** Notes that a write is on its way. @returns the write, whose outcome is for the sender to note */
export function noteWrite(conference: Conference, state: RecordingState): Write {
  const insists = conference.writes.some((write) => write.outcome === 'acknowledged' && write.state === state);
  const write: Write = { state, outcome: 'sent', insists };
  // Of failed tries at the same state one is enough to remember.
  conference.writes = conference.writes.filter((w) => !(w.outcome === 'failed' && w.state === state));
  conference.writes.push(write);
  return write;
}

/**
 * Notes that SignalWire took a write: what was sent before it is settled, and earlier reads are out of date. Only a write
 * that is still on its way isn't: should it fail, it may be obeyed all the same, and after this one.
 */
export function noteAcknowledged(conference: Conference, write: Write): void {
  const position = conference.writes.indexOf(write);
  if (position === -1) return;
  write.outcome = 'acknowledged';
  const isOvertaken = conference.writes.slice(position + 1).some(({ outcome }) => outcome === 'acknowledged');
  conference.writes = conference.writes.filter(
    (other, index) => index > position || other.outcome === 'sent' || (other === write && !isOvertaken),
  );
  conference.read = undefined;
}

/** Notes what a read said; a read that agrees with every write confirms them. */
export function noteRead(conference: Conference, state: RecordingState): void {
  conference.read = state;
  if (conference.writes.every((write) => write.state === state && write.outcome !== 'sent')) conference.writes = [];
}

/** Lets a contradicted write be repeated once more (R6): a hint or a sweep asks anew. */
export function allowOneMoreWrite(conference: Conference): void {
  for (const write of conference.writes) write.insists = false;
}
