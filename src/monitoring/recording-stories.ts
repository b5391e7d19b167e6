import type {
  ConferenceSnapshot,
  Emit,
  Listener,
  RecordingCallback,
  RecordingSpan,
  RecordingStory,
} from '../recorder-events.js';
import type { PolicyFor } from '../recording/recording-policy.js';
import type { ObservedState } from '../signalwire/space.js';

/** A recording that isn't over. */
interface Draft {
  recordingSid: string;
  conferenceSid: string;
  name: string | undefined;
  spans: RecordingSpan[];
  /** Where the last span begins in the file (ms); undefined if it isn't known. */
  offsetMs: number | undefined;
  /** When the last span began, and when the conference ended; undefined if it hasn't (ms, monotonic). */
  changedAt: number;
  endedAt: number | undefined;
  /** Runs from the end of the conference until a callback about the recording arrives. */
  timer: NodeJS.Timeout | undefined;
}

export interface RecordingStories {
  /** Must receive every event. */
  listener: Listener;
  /** Emits nothing from now on. */
  close(): void;
}

/** SignalWire tries a callback for 15 s. Source: its guide "Webhooks". After twice that it won't come any more (ms). */
const CALLBACK_MS = 30_000;

const MAX_SPANS = 200;

/** How many finished recordings are remembered, in case a callback about one arrives again or very late. */
const MAX_FINISHED = 1000;

/** Longer than any address of a recording; a webhook that isn't signed may have anything in its place. */
const MAX_URL_LENGTH = 500;

/** How exactly the start of a recording must be known for offsets to be given (ms). */
const START_TOLERANCE_MS = 2000;

/** The spans and SignalWire's own length may differ by this much: both have whole seconds, and requests take time. */
const LENGTH_TOLERANCE_S = 2;

const FINAL_STATUSES = ['completed', 'absent', 'failed'];

const NOT_WATCHED = 'This copy of the service has not watched this recording.';
const WATCHED_LATE =
  'It began before this copy of the service watched it, so it is unknown where in the file its parts are.';
const NO_CALLBACK = 'No callback has reported its end, so its length is unknown.';

export interface RecordingStoriesOptions {
  policyFor: PolicyFor;
  /** The address of a recording whose callback doesn't name it. */
  urlOf(recordingSid: string): string;
  emit: Emit;
}

/** Follows each recording, and emits `recording-finished` when it is over. */
export function createRecordingStories({ policyFor, urlOf, emit }: RecordingStoriesOptions): RecordingStories {
  /** By the recording's SID in lower case, as are the finished ones. */
  const drafts = new Map<string, Draft>();
  const finished = new Map<string, { draft: Draft | undefined; status: string | null }>();
  /** When a conference last had no recording (ms, monotonic), by its SID in lower case. */
  const withoutRecording = new Map<string, number>();
  /** The conferences that a list named first, so that they may be older than this process; by SID in lower case. */
  const found = new Set<string>();
  let isDiscovered = false;
  let isClosed = false;

  function observe(conference: ConferenceSnapshot, because: string, isStart: boolean): void {
    const { recordingSid, recordingState: state = 'over', people } = conference;
    const key = recordingSid?.toLowerCase();
    if (recordingSid === undefined || key === undefined || hasFinished(key)) return;
    const draft = drafts.get(key);
    if (draft) {
      clearTimeout(draft.timer);
      draft.endedAt = undefined;
      draft.name ??= conference.name;
      if (isStart) confirmStart(draft);
      if (draft.spans.at(-1)?.state !== state) addSpan(draft, state, people.size, because);
      return;
    }
    const { sid: conferenceSid, name } = conference;
    const offsetMs = isStart ? 0 : undefined;
    const changedAt = performance.now();
    const open = { endedAt: undefined, timer: undefined };
    const begun: Draft = { recordingSid, conferenceSid, name, spans: [], offsetMs, changedAt, ...open };
    drafts.set(key, begun);
    addSpan(begun, state, people.size, isStart ? 'start' : because);
  }

  /** A read may find a recording just before the callback arrives that reports its start. */
  function confirmStart(draft: Draft): void {
    const [first, ...others] = draft.spans;
    const isNew = performance.now() - draft.changedAt < CALLBACK_MS;
    if (first?.state !== 'in-progress' || others.length > 0 || !isNew || draft.offsetMs !== undefined) return;
    draft.offsetMs = first.offsetSeconds = 0;
    first.because = 'start';
  }

  /** Whether a recording is over. If no callback said so, and it turns out not to be, its story goes on. */
  function hasFinished(key: string): boolean {
    const end = finished.get(key);
    if (!end) return false;
    if (end.status !== null || !end.draft) return true;
    finished.delete(key);
    drafts.set(key, end.draft);
    return false;
  }

  /** Whether a recording that is found now has only just begun. */
  function hasJustBegun(conferenceSid: string): boolean {
    const at = withoutRecording.get(conferenceSid.toLowerCase()) ?? -Infinity;
    return performance.now() - at <= START_TOLERANCE_MS;
  }

  /** Remembers when a conference last had no recording. */
  function markWithoutRecording({ sid, recordingSid }: ConferenceSnapshot): void {
    if (recordingSid === undefined) withoutRecording.set(sid.toLowerCase(), performance.now());
    else withoutRecording.delete(sid.toLowerCase());
  }

  /** Whether the time that a recording spends in a state becomes part of its file. */
  const isInFile = (draft: Draft, state: ObservedState | undefined) =>
    state === 'in-progress' || (state === 'paused' && policyFor(draft.name).pauseBehavior === 'silence');

  /** The length of the audio by our account (ms); undefined if it isn't known. */
  function lengthOf(draft: Draft): number | undefined {
    const { offsetMs, changedAt, endedAt = performance.now(), spans } = draft;
    if (offsetMs === undefined) return undefined;
    return isInFile(draft, spans.at(-1)?.state) ? offsetMs + endedAt - changedAt : offsetMs;
  }

  function addSpan(draft: Draft, state: ObservedState, people: number, because: string): void {
    const now = performance.now();
    if (draft.spans.length > 0) draft.offsetMs = lengthOf(draft);
    draft.changedAt = now;
    const offsetSeconds = draft.offsetMs === undefined ? null : Math.round(draft.offsetMs / 100) / 10;
    draft.spans.push({ at: new Date(Date.now()).toISOString(), offsetSeconds, state, people, because });
    if (draft.spans.length > MAX_SPANS) draft.spans.shift();
  }

  function finish(key: string, draft: Draft | undefined, callback: RecordingCallback | undefined): void {
    const { recordingSid, conferenceSid } = draft ?? callback ?? {};
    if (recordingSid === undefined) return;
    const status = callback?.status ?? null;
    clearTimeout(draft?.timer);
    drafts.delete(key);
    finished.set(key, { draft, status });
    for (const earliest of finished.keys()) {
      if (finished.size <= MAX_FINISHED) break;
      finished.delete(earliest);
    }
    const seconds = callback?.seconds ? Number(callback.seconds) : Number.NaN;
    const spans = draft?.spans ?? [];
    const hasAudio = status === null || status === 'completed';
    const lengthS = draft && (lengthOf(draft) ?? Number.NaN) / 1000;
    const isLengthWrong = lengthS !== undefined && Math.abs(lengthS - seconds) > LENGTH_TOLERANCE_S;
    const gaps = [
      spans.length === 0 && NOT_WATCHED,
      spans.length > 0 && draft?.offsetMs === undefined && WATCHED_LATE,
      callback === undefined && NO_CALLBACK,
      isLengthWrong && describeDifference(lengthS, seconds),
    ];
    const story: RecordingStory = {
      recordingSid,
      status,
      url: hasAudio ? (callback?.url?.slice(0, MAX_URL_LENGTH) ?? urlOf(recordingSid)) : null,
      seconds: Number.isFinite(seconds) ? seconds : null,
      spans,
      unknown: gaps.filter(Boolean).join(' ') || null,
    };
    emit({ type: 'recording-finished', conferenceSid, name: draft?.name, story });
  }

  function onCallback(callback: RecordingCallback): void {
    const { recordingSid, status } = callback;
    const key = recordingSid.toLowerCase();
    const before = finished.get(key);
    if (status === undefined || !FINAL_STATUSES.includes(status) || before?.status === status) return;
    finish(key, before?.draft ?? drafts.get(key), callback);
  }

  /** The callback about the recording may follow the end of its conference. */
  function onConferenceOver(conferenceSid: string): void {
    withoutRecording.delete(conferenceSid.toLowerCase());
    found.delete(conferenceSid.toLowerCase());
    for (const [key, draft] of drafts) {
      if (draft.conferenceSid !== conferenceSid) continue;
      clearTimeout(draft.timer);
      draft.endedAt = performance.now();
      draft.timer = setTimeout(() => finish(key, draft, undefined), CALLBACK_MS);
    }
  }

  return {
    listener(event) {
      if (isClosed) return;
      switch (event.type) {
        case 'recording-reported':
          return observe(event.conference, `found by ${event.trigger.kind}`, true);
        case 'conference-read': {
          const { conference, trigger } = event;
          observe(conference, `found by ${trigger.kind}`, hasJustBegun(conference.sid));
          markWithoutRecording(conference);
          return;
        }
        case 'conference-reported':
        case 'participant-reported':
          // A conference that a list named first may have had a recording before we heard of it.
          if (isDiscovered && !found.has(event.conference.sid.toLowerCase())) markWithoutRecording(event.conference);
          return;
        case 'conference-found':
          found.add(event.conferenceSid.toLowerCase());
          return;
        case 'first-discovery':
          isDiscovered ||= event.isComplete;
          return;
        case 'recording-written': {
          const { conference, state, trigger } = event;
          return observe({ ...conference, recordingState: state }, trigger.kind, false);
        }
        case 'recording-callback':
          return onCallback(event.callback);
        case 'conference-over':
          return onConferenceOver(event.conferenceSid);
      }
    },
    close() {
      for (const [key, draft] of drafts) if (draft.timer) finish(key, draft, undefined);
      isClosed = true;
      drafts.clear();
    },
  };
}

function describeDifference(ours: number, seconds: number): string {
  return (
    `Its spans add up to ${Math.round(ours)} s and its file has ${Math.round(seconds)} s, so its offsets are off by up to ` +
    `${Math.round(Math.abs(ours - seconds))} s: somebody else changed it, or some changes were noticed late.`
  );
}
