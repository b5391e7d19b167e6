import type { Logger } from 'pino';
import type { ObservedState, RecordingState } from './signalwire/space.js';

/** A conference as this copy knows it at one moment. */
export interface Snapshot {
  sid: string;
  /** SignalWire's FriendlyName; undefined while we haven't heard it. */
  name: string | undefined;
  /** CallSids of those who are in, in small letters. */
  people: ReadonlySet<string>;
  recordingSid: string | undefined;
  /** What we take its recording to do; undefined where there is none. */
  recording: ObservedState | undefined;
}

/** What had a conference read, and a recording written. */
export interface Cause {
  what: 'join' | 'leave' | 'conference callback' | 'recording callback' | 'settling read' | 'resync';
  /** When the callback came (ms, as `performance.now` has it); undefined where it isn't one. */
  at: number | undefined;
}

/** What the parts that decide tell of their work. They don't know who listens, or what for. */
export type Announcement =
  /** A callback told of a conference; the cause where it named the recording. */
  | { what: 'reported'; conference: Snapshot; cause?: Cause }
  /** A callback told of somebody who came or went. */
  | { what: 'participant'; conference: Snapshot; callSid: string; isIn: boolean }
  /** SignalWire was asked about a conference. */
  | { what: 'read'; conference: Snapshot; cause: Cause }
  /**
   * SignalWire obeyed a pause or resume. `conference` is as it was when it was sent, `observed` what the read before it
   * said. `reactionMs` is from the arrival of the callback that it answers; undefined where no callback asked for it, but a
   * resync or a settling read found that it was needed.
   */
  | {
      what: 'written';
      state: RecordingState;
      conference: Snapshot;
      observed: ObservedState | undefined;
      cause: Cause;
      reactionMs: number | undefined;
    }
  /** A conference is over. Nothing more is told of it, but for what turns out not to be over. */
  | { what: 'over'; conferenceSid: string }
  /**
   * What was asked for a conference (`whose` is its SID), or for discovery failed, and will be tried again; or
   * all of it was answered.
   */
  | { what: 'failed'; whose: string; error: unknown }
  | { what: 'succeeded'; whose: string }
  /** SignalWire has failed us more than once, or refuses our credentials; and works again. */
  | { what: 'failing' }
  | { what: 'working' }
  /** A list of SignalWire's conferences was read. */
  | { what: 'discovered' }
  /** The first discovery is done, and found so many conferences of ours; or time is up, and it goes on. */
  | { what: 'started'; isDone: boolean; conferences: number }
  /** A stop left these conferences as they were. */
  | { what: 'left undone'; conferenceSids: string[] }
  /** A webhook was answered. */
  | { what: 'webhook'; route: string; status: number }
  /** SignalWire was asked something, as the space tells it (`Answered`). */
  | { what: 'request'; operation: string; outcome: string; ms: number };

/** Takes in an announcement, at once. One that `announceTo` made never throws. */
export type Announce = (announcement: Announcement) => void;

/**
 * Tells every listener. One that throws is logged and does no harm: what is shown or counted must never keep a recording
 * from being set right.
 */
export function announceTo(listeners: readonly Announce[], log: Logger): Announce {
  return (announcement) => {
    for (const listen of listeners) {
      try {
        listen(announcement);
      } catch (error) {
        log.error({ err: error, announcement: announcement.what }, 'a listener failed');
      }
    }
  };
}
