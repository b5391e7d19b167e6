import type { Logger } from 'pino';
import type { Change } from './recording/people.js';
import type { ObservedState, RecordingState } from './signalwire/space.js';

/** A conference as this copy of the service knows it at one moment. */
export interface ConferenceSnapshot {
  sid: string;
  /** SignalWire's FriendlyName; undefined until it is known. */
  name: string | undefined;
  /** CallSids of the people in the conference who count, in lower case. */
  people: ReadonlySet<string>;
  /** CallSids of those who don't, because they are held, that is, on hold or only coaching; empty if such people count. */
  held: ReadonlySet<string>;
  recordingSid: string | undefined;
  /** The state we believe the recording is in; undefined if no recording is known. */
  recordingState: ObservedState | undefined;
}

/** Why a conference was read, and its recording written. */
export interface Trigger {
  kind: Change | 'conference callback' | 'recording callback' | 'settling read' | 'resync';
  /** When the callback arrived (ms, as `performance.now()`); undefined if the trigger is not a callback. */
  receivedAt: number | undefined;
  /** How long it took the callback to arrive, by its Timestamp, see `delayOf`; undefined if it has none that we can read. */
  delayMs: number | undefined;
}

export interface SignatureCheck {
  /** `form`: base64 over the URL and the sorted parameters. `JSON`: hex over the URL and the raw body. */
  kind: 'form' | 'JSON';
  /** The signing key that matched, counted from 1; null if none did. */
  matchedKey: number | null;
}

/** A webhook and its answer, without the values of its parameters, which may be phone numbers. */
export interface WebhookRecord {
  route: string;
  method: string;
  /** The URL that the signature was checked against, redacted. */
  url: string;
  /** The event or status that it reports; null if it has none. */
  event: string | null;
  /** The Timestamp as it was received, or `unreadable` and its form if we can't parse it; null if it has none. */
  timestamp: string | null;
  parameterNames: string[];
  /** The HTTP status of the answer; 499 if the client had gone. */
  status: number;
  /** How long the answer took (ms). */
  ms: number;
  /** Why it was refused; null if it was accepted. */
  reason: string | null;
  signature: SignatureCheck | null;
}

/** A callback about a recording. */
export interface RecordingCallback {
  /** Undefined if the callback has none. */
  conferenceSid: string | undefined;
  recordingSid: string;
  /** SignalWire's RecordingStatus; undefined if the callback has none. */
  status: string | undefined;
  /** The length of the recording and where it can be fetched; undefined if the callback doesn't say. */
  seconds: string | undefined;
  url: string | undefined;
}

/** What a conference's recording should do, and what it does as far as we can tell. */
export interface Assessment {
  /** How many people are in the conference who count. */
  people: number;
  /** How many are in it who don't, because they are on hold or only coaching. */
  held: number;
  desired: RecordingState;
  /** The state we believe the recording is in; undefined if no recording is known. */
  observed: ObservedState | undefined;
  /** Since when the two have differed (ms since 1970); undefined if they agree. */
  wrongSince: number | undefined;
}

/** Something that has been wrong for more than a moment. */
export interface Problem {
  kind: 'recording' | 'outage' | 'refused calls' | 'refused callbacks';
  /** The conference whose recording is wrong; null if it isn't about one. */
  conferenceSid: string | null;
  /** The other copy of the service that it is about; undefined if it isn't about one. */
  copy?: string | undefined;
  /** The conference's name; undefined if it isn't known. */
  name: string | undefined;
  /** ms since 1970. */
  since: number;
  /** What is wrong, what that means, and the last error, if there was one. */
  sentence: string;
}

/** A time during which a recording was in one state. */
export interface RecordingSpan {
  /** When it began (ISO 8601, by our clock). */
  at: string;
  /** Where in the audio file that is; null if it isn't known. */
  offsetSeconds: number | null;
  state: ObservedState;
  /** How many people were in the conference then. */
  people: number;
  /** Why it began: the kind of the trigger, `start`, or `found by` and the kind of read that found it. */
  because: string;
}

/** What became of a recording. */
export interface RecordingStory {
  recordingSid: string;
  /** SignalWire's last word: `completed`, `absent` or `failed`; null if no callback has reported the end. */
  status: string | null;
  /** Where the audio is; null if there is none. */
  url: string | null;
  /** The length of the audio by SignalWire's account; null if no callback has said it. */
  seconds: number | null;
  /** Oldest first; only the latest 200. */
  spans: RecordingSpan[];
  /** What isn't known of it, and why, in a sentence or two; null if nothing is missing. */
  unknown: string | null;
}

/** What the parts of the service report about their work. They do not know who listens, or why. */
export type RecorderEvent =
  /** A list named a conference that was not known. */
  | { type: 'conference-found'; conferenceSid: string; name: string }
  /** A callback about a recording arrived, whether its conference is known or not. */
  | { type: 'recording-callback'; callback: RecordingCallback }
  /** A callback named a conference, and nothing else that we use. */
  | { type: 'conference-reported'; conference: ConferenceSnapshot; trigger: Trigger }
  /** A callback named the recording of a conference. */
  | { type: 'recording-reported'; conference: ConferenceSnapshot; trigger: Trigger }
  /** A callback reported that something about a participant has changed. */
  | { type: 'participant-reported'; conference: ConferenceSnapshot; callSid: string; change: Change; trigger: Trigger }
  /** A conference was read from SignalWire. */
  | { type: 'conference-read'; conference: ConferenceSnapshot; trigger: Trigger }
  /** A resync began, so many ms after it was due. */
  | { type: 'resync-began'; lateMs: number }
  /**
   * SignalWire acknowledged a pause or a resume, or a read shows that a failed one has taken effect. `conference` is the snapshot
   * from when the write was sent or, for a failed one, from when the read showed its effect; `observed` is the state that the last read before the write returned.
   */
  | {
      type: 'recording-written';
      state: RecordingState;
      conference: ConferenceSnapshot;
      observed: ObservedState | undefined;
      trigger: Trigger;
    }
  /** What a conference's recording should do, or what it does, has changed. */
  | ({ type: 'conference-assessed'; conferenceSid: string; name: string | undefined } & Assessment)
  /** A conference is over. No event about it follows, unless it turns out to be in progress after all. */
  | { type: 'conference-over'; conferenceSid: string; name: string | undefined }
  /** A request on behalf of the subject (a conference's SID, or a discovery) failed, and will be retried. */
  | { type: 'requests-failed'; subject: string; error: unknown }
  /** Every request on behalf of the subject was answered. */
  | { type: 'requests-answered'; subject: string }
  /** SignalWire failed more than once in a row, or refused our credentials. `status`: HTTP; undefined if it did not answer. */
  | { type: 'outage-began'; status: number | undefined }
  /** SignalWire answers again. */
  | { type: 'outage-ended' }
  /** Something has been wrong for five seconds. */
  | { type: 'problem-began'; problem: Problem }
  /** More is known of what is wrong. */
  | { type: 'problem-changed'; problem: Problem }
  /** It is over after so many seconds. `isConferenceOver`: because the conference is. */
  | { type: 'problem-ended'; problem: Problem; seconds: number; isConferenceOver: boolean }
  /** A recording is over. `conferenceSid` and `name` are undefined if they aren't known. */
  | { type: 'recording-finished'; conferenceSid: string | undefined; name: string | undefined; story: RecordingStory }
  /** SignalWire returned a list of conferences. */
  | { type: 'conferences-listed' }
  /** The first discovery is complete, or its time is up and it continues. `conferences`: how many of ours it has found so far. */
  | { type: 'first-discovery'; isComplete: boolean; conferences: number }
  /** Copies of the service came or went. `copies`: how many are alive, this one included; just that one if it isn't linked. */
  | { type: 'copies-changed'; copies: number; isLinked: boolean }
  /** The link to the other copies is down, so each works alone. `reason`: a sentence. */
  | { type: 'copies-unlinked'; reason: string }
  /** The service stopped before it finished its work on these conferences. */
  | { type: 'drain-timed-out'; conferences: Pick<ConferenceSnapshot, 'sid' | 'name'>[] }
  /** A webhook was answered. `copy`: the other copy of the service that answered it; undefined if this one did. */
  | ({ type: 'webhook-answered'; copy?: string | undefined } & WebhookRecord)
  /** A request to SignalWire finished; see `RequestOutcome`. */
  | { type: 'request-finished'; operation: string; outcome: string; ms: number };

/** Handles an event synchronously. */
export type Listener = (event: RecorderEvent) => void;

/** Passes an event to every listener. Never throws. */
export type Emit = (event: RecorderEvent) => void;

/** If a listener throws, the error is logged and the others still run: a display must never get in the way of a recording. */
export function emitTo(listeners: readonly Listener[], log: Logger): Emit {
  return (event) => {
    for (const listen of listeners) {
      try {
        listen(event);
      } catch (error) {
        log.error({ err: error, event: event.type }, 'an event listener failed');
      }
    }
  };
}
