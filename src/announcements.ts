import type { Logger } from 'pino';
import type { RecordingState } from './signalwire/space.js';

/** A conference as this copy knows it at one moment. */
export interface Snapshot {
  sid: string;
  /** SignalWire's FriendlyName; undefined while we haven't heard it. */
  name: string | undefined;
  /** CallSids of those who are in. To be read at once: it changes as people come and go. */
  people: ReadonlySet<string>;
  /** What its recording did when we last knew; undefined where there was none, or nobody has looked yet. */
  recording: RecordingState | undefined;
}

/** What the parts that decide tell of their work. They don't know who listens, or what for. */
export type Announcement =
  /** A callback spoke of a conference. */
  | { what: 'heard'; conference: Snapshot }
  /** SignalWire was asked about a conference, or obeyed us. */
  | { what: 'seen'; conference: Snapshot }
  /** A conference is over. Nothing more is heard or seen of it, but for what turns out not to be over. */
  | { what: 'over'; conferenceSid: string }
  /**
   * SignalWire obeyed a pause or resume. `reactionMs` is from the arrival of the callback that it answers; undefined
   * where no callback asked for it, but a sweep or a settling look found that it was needed.
   */
  | { what: 'written'; state: RecordingState; because: string; reactionMs: number | undefined }
  /** A sweep has SignalWire's list of conferences. */
  | { what: 'swept' }
  /** Something failed, and will be tried again. */
  | { what: 'retried' }
  /** SignalWire has failed us more than once, and works again. */
  | { what: 'failing' }
  | { what: 'working' }
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
