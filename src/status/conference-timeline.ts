import type { Assessment, ConferenceSnapshot, RecordingStory } from '../recorder-events.js';
import type { ObservedState, RecordingState } from '../signalwire/space.js';

/** The state of a conference's recording in SignalWire's words; `none` if there is no recording, or it is over. */
export type RecordingStatus = RecordingState | 'none';

/** What can happen to somebody. */
export type ParticipantEvent = 'joined' | 'left' | 'held' | 'unheld';

/** Something that happened in a conference, and the state after it. */
export interface HistoryEvent {
  /** ms since 1970. */
  at: number;
  what: 'seen' | ParticipantEvent | 'recording' | 'over';
  /** Who joined or left, or was put on hold or taken off. */
  callSid?: string;
  people: number;
  recording: RecordingStatus;
}

/** The course of one conference, as far as this copy of the service has seen it. */
export interface Timeline {
  readonly sid: string;
  name: string | undefined;
  /** When this copy first saw it, or when the callback that named it first says that it happened (ms since 1970). */
  firstSeenAt: number;
  /** When it ended (ms since 1970). */
  endedAt: number | undefined;
  /** CallSids of the people in the conference who count. */
  people: Set<string>;
  /** CallSids of those who don't, because they are on hold or only coaching. */
  held: Set<string>;
  /** CallSids of everybody who has been in it, in the order in which they were first seen. */
  callers: Set<string>;
  /** When a callback last reported something about a caller (ms, monotonic), by CallSid. */
  reportedAt: Map<string, number>;
  recordingSid: string | undefined;
  recording: RecordingStatus;
  /** What the core last announced; undefined before that and when the conference is over. */
  assessment: Assessment | undefined;
  /** Since when the recording has been in its state: ms since 1970, and ms of the monotonic clock. */
  recordingSince: number;
  changedAt: number;
  /** How long it ran and was paused, without the time since `recordingSince`. */
  recordedMs: number;
  pausedMs: number;
  /** The recordings that are over, oldest first. */
  stories: RecordingStory[];
  /** Oldest first. Each has the state after it, so the oldest ones can be dropped. */
  events: HistoryEvent[];
  /** Differs after each change. */
  version: number;
}

/** More than the page can show, and few enough to be sent every second. */
const MAX_EVENTS = 100;

/** A timeline without events. */
export function createTimeline(sid: string, name: string | undefined): Timeline {
  const now = Date.now();
  return {
    sid,
    name,
    firstSeenAt: now,
    endedAt: undefined,
    people: new Set(),
    held: new Set(),
    callers: new Set(),
    reportedAt: new Map(),
    recordingSid: undefined,
    recording: 'none',
    assessment: undefined,
    recordingSince: now,
    changedAt: performance.now(),
    recordedMs: 0,
    pausedMs: 0,
    stories: [],
    events: [],
    version: 0,
  };
}

/** Appends an event that happens now. */
export function appendEvent(timeline: Timeline, what: HistoryEvent['what']): void {
  const { people, recording } = timeline;
  timeline.events.push({ at: Date.now(), what, people: people.size, recording });
  dropOldest(timeline);
}

/** What happened to somebody between two moments; undefined if nothing did. */
export function findParticipantEvent(
  before: Pick<ConferenceSnapshot, 'people' | 'held'>,
  after: Pick<ConferenceSnapshot, 'people' | 'held'>,
  callSid: string,
): ParticipantEvent | undefined {
  const wasHeld = before.held.has(callSid);
  if (after.held.has(callSid)) return wasHeld ? undefined : 'held';
  if (!after.people.has(callSid)) return 'left';
  if (wasHeld) return 'unheld';
  return before.people.has(callSid) ? undefined : 'joined';
}

/**
 * Adds what happened to somebody, and inserts the event where it belongs: a callback may be late.
 *
 * @param happenedAt ms since 1970
 */
export function addParticipantEvent(
  timeline: Timeline,
  what: ParticipantEvent,
  callSid: string,
  happenedAt: number,
): void {
  const { people, held, callers, events } = timeline;
  const countBefore = people.size;
  people.delete(callSid);
  held.delete(callSid);
  if (what === 'joined' || what === 'unheld') people.add(callSid);
  if (what === 'held') held.add(callSid);
  callers.add(callSid);

  // Nobody leaves before joining. Timestamps are too coarse to tell.
  const last = events.findLast((event) => event.callSid === callSid);
  let at = Math.max(happenedAt, last?.at ?? -Infinity);
  const [first] = events;
  if (first && at < first.at) {
    if (first.what === 'seen') timeline.firstSeenAt = first.at = at;
    else at = first.at;
  }
  const index = events.findLastIndex((event) => event.at <= at) + 1;
  const change = people.size - countBefore;
  const before = events[index - 1];
  const after = { people: (before?.people ?? 0) + change, recording: before?.recording ?? timeline.recording };
  for (const later of events.slice(index)) later.people += change;
  events.splice(index, 0, { at, what, callSid, ...after });
  dropOldest(timeline);
}

function dropOldest({ events }: Timeline): void {
  if (events.length > MAX_EVENTS) events.shift();
}

export function toStatus(state: ObservedState | undefined): RecordingStatus {
  return state === undefined || state === 'over' ? 'none' : state;
}

/** @returns whether the state differs from the one before */
export function setRecording(timeline: Timeline, recording: RecordingStatus): boolean {
  if (timeline.recording === recording) return false;
  const now = performance.now();
  if (timeline.recording === 'in-progress') timeline.recordedMs += now - timeline.changedAt;
  if (timeline.recording === 'paused') timeline.pausedMs += now - timeline.changedAt;
  timeline.recording = recording;
  timeline.recordingSince = Date.now();
  timeline.changedAt = now;
  return true;
}
