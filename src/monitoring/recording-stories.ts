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
  /** When the last span began (ms, monotonic). */
  changedAt: number;
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
  /** The conferences that had no recording when they were last read, by SID in lower case. */
  const withoutRecording = new Set<string>();

  function observe(conference: ConferenceSnapshot, because: string, isStart: boolean): void {
    const { recordingSid, recordingState: state = 'over', people } = conference;
    const key = recordingSid?.toLowerCase();
    if (recordingSid === undefined || key === undefined || finished.has(key)) return;
    const draft = drafts.get(key);
    if (draft) {
      clearTimeout(draft.timer);
      draft.name ??= conference.name;
      if (isStart) confirmStart(draft);
      if (draft.spans.at(-1)?.state !== state) addSpan(draft, state, people.size, because);
      return;
    }
    const { sid: conferenceSid, name } = conference;
    const offsetMs = isStart ? 0 : undefined;
    const changedAt = performance.now();
    const begun = { recordingSid, conferenceSid, name, spans: [], offsetMs, changedAt, timer: undefined };
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

  function addSpan(draft: Draft, state: ObservedState, people: number, because: string): void {
    const now = performance.now();
    const isInFile = (last: ObservedState) =>
      last === 'in-progress' || (last === 'paused' && policyFor(draft.name).pauseBehavior === 'silence');
    const last = draft.spans.at(-1);
    if (last && draft.offsetMs !== undefined && isInFile(last.state)) draft.offsetMs += now - draft.changedAt;
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
    const gaps = [
      spans.length === 0 && NOT_WATCHED,
      spans.length > 0 && draft?.offsetMs === undefined && WATCHED_LATE,
      callback === undefined && NO_CALLBACK,
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
    for (const [key, draft] of drafts) {
      if (draft.conferenceSid !== conferenceSid) continue;
      clearTimeout(draft.timer);
      draft.timer = setTimeout(() => finish(key, draft, undefined), CALLBACK_MS);
    }
  }

  return {
    listener(event) {
      switch (event.type) {
        case 'recording-reported':
          return observe(event.conference, `found by ${event.trigger.kind}`, true);
        case 'conference-read': {
          const { conference, trigger } = event;
          const key = conference.sid.toLowerCase();
          observe(conference, `found by ${trigger.kind}`, withoutRecording.has(key));
          if (conference.recordingSid === undefined) withoutRecording.add(key);
          else withoutRecording.delete(key);
          return;
        }
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
      for (const { timer } of drafts.values()) clearTimeout(timer);
    },
  };
}
