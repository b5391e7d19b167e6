import type { Logger } from 'pino';
import type { RecordingState } from './signalwire/space.js';

/** A conference as this copy sees it at one moment. */
export interface SeenConference {
  sid: string;
  /** SignalWire's FriendlyName; undefined while we haven't heard it. */
  name: string | undefined;
  /** CallSids of those who are in. To be read at once: it changes as people come and go. */
  people: ReadonlySet<string>;
  /** What its recording does; undefined where there is none, or nobody has looked yet. */
  recording: RecordingState | undefined;
}

/** What the parts that decide tell of their work. They don't know who listens, or what for. */
export type Announcement =
  /** Something about a conference may be new. */
  | { what: 'seen'; conference: SeenConference }
  | { what: 'over'; conferenceSid: string }
  /**
   * SignalWire took a pause or resume. `reactionMs` is from the arrival of the callback that it answers; undefined where
   * it was only a sweep that found something wrong.
   */
  | { what: 'written'; state: RecordingState; reactionMs: number | undefined }
  /** A sweep has SignalWire's list of conferences. */
  | { what: 'swept' }
  /** Something failed, and will be tried again. */
  | { what: 'retried' }
  /** A webhook was answered. */
  | { what: 'webhook'; route: string; status: number }
  /** SignalWire was asked something; a list that takes several pages is one. */
  | { what: 'request'; operation: string; outcome: string; ms: number };

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
