import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Problems } from '../monitoring/problems.js';
import type { Problem, RecordingStory } from '../recorder-events.js';
import type { PolicyFor } from '../recording/recording-policy.js';
import type { ObservedState, RecordingState } from '../signalwire/space.js';
import { version } from '../version.js';
import type { HistoryEvent, RecordingStatus, Timeline } from './conference-timeline.js';
import type { History } from './history.js';
import type { LinkedCopies } from './linked-copies.js';

/** The answer of `GET /conferences`. Times are ISO 8601, by the service's clock. */
export interface Feed {
  version: string;
  /** When this copy of the service started watching. */
  since: string;
  /** The copies of the service that share the work; null without REDIS_URL. */
  copies: FeedCopies | null;
  /** Whether everything is recorded that should be, as far as this copy can tell. */
  verdict: { ok: boolean; problems: FeedProblem[] };
  /** When SignalWire last answered, as of the last change of the feed; null before that. */
  signalWireAnsweredAt: string | null;
  /** Since when SignalWire has been failing, so that the feed may be out of date; null if it isn't failing. */
  signalWireFailingSince: string | null;
  /** The signed calls that were refused since the start, and why the last one was; null if there were none. */
  refusedCalls: { count: number; lastAt: string; lastReason: string } | null;
  /** In the order in which they were first seen. */
  live: FeedConference[];
  /** The latest first, 20 at most. */
  finished: FeedConference[];
}

export interface FeedCopies {
  /** The name of the copy that answers: the name of its host, and six digits that differ between processes. */
  self: string;
  /** The names of those that are alive, this one included; it is the only one while it isn't linked to the others. */
  names: readonly string[];
  /** While it isn't, the feed has only what this copy knows itself. */
  isLinked: boolean;
}

/** Something that has been wrong for five seconds or more. */
export interface FeedProblem {
  kind: Problem['kind'];
  /** Null if it isn't about one conference. */
  conferenceSid: string | null;
  /** The name of the other copy that it is about; missing if it isn't about one. */
  copy?: string | undefined;
  since: string;
  sentence: string;
}

export interface FeedConference {
  sid: string;
  /** Null until it is known. */
  name: string | null;
  /** The name without CONFERENCE_PREFIX. */
  room: string | null;
  /** The name of the copy that works on it; null if it is over, or if there is only one copy. */
  copy: string | null;
  firstSeenAt: string;
  endedAt: string | null;
  /** How many people count. */
  people: number;
  callSids: string[];
  /** Those who are in and don't count, because they are on hold or only coaching; empty if COUNT_HELD is true. */
  heldCallSids: string[];
  /** Everybody who is in or whom the events name, numbered in the order in which they were first seen. */
  callers: { number: number; callSid: string }[];
  /** The recording is paused while fewer people are in. */
  minParticipants: number;
  recordingSid: string | null;
  /** What the recording should do, and what it does as far as this copy can tell; null when the conference is over. */
  desired: RecordingState | null;
  /** Null if no recording is known, too. */
  observed: ObservedState | null;
  /** Since when the two have differed; null if they agree. For a moment after a join or a leave it is normal that they don't. */
  wrongSince: string | null;
  recording: RecordingStatus;
  recordingSince: string;
  /** Without the time since `recordingSince`. */
  recordedSeconds: number;
  pausedSeconds: number;
  /** Oldest first; only the latest 100 of a long conference. */
  events: FeedEvent[];
  /** The recordings that are over, oldest first. */
  recordings: RecordingStory[];
}

export type FeedEvent = Omit<HistoryEvent, 'at'> & { at: string };

export interface FeedOptions {
  history: History;
  problems: Pick<Problems, 'current'>;
  policyFor: PolicyFor;
  /** What precedes the room in a conference's name. */
  prefix: string;
  /** Undefined if nothing links this copy with others. */
  copies: () => LinkedCopies | undefined;
}

/**
 * Answers with the history as JSON. The answer depends only on the history, which has a new version when copies come or go, too,
 * and not on the time of the request, so its ETag changes when the history does, and never otherwise. A request with the current
 * ETag gets a 304, and nothing is serialised.
 */
export function createFeed({ history, problems, policyFor, prefix, copies }: FeedOptions): RequestHandler {
  // Every process counts its versions from zero, so the ETag needs a part that differs between processes.
  const processId = randomUUID();
  // Serialising hundreds of conferences every second would delay webhooks.
  const cache = new WeakMap<Timeline, { version: number; names: readonly string[] | undefined; json: string }>();

  function serialise(timeline: Timeline): string {
    const { version: current } = timeline;
    const names = copies()?.ids;
    const cached = cache.get(timeline);
    if (cached?.version === current && cached.names === names) return cached.json;
    const { minParticipants } = policyFor(timeline.name);
    const copy = copyOf(timeline, copies());
    const json = JSON.stringify(toFeedConference(timeline, { minParticipants, prefix, copy }));
    cache.set(timeline, { version: current, names, json });
    return json;
  }

  return (request, response) => {
    const etag = `W/"${processId}-${history.version}"`;
    response.set('etag', etag);
    // Express' `fresh` never answers 304 to a request with Cache-Control: no-cache, which a browser's fetch sends.
    if (request.get('if-none-match')?.split(/, */).includes(etag)) return response.status(304).end();
    const { since, failingSince, answeredAt, refusedCalls } = history;
    const current = problems.current().map(({ kind, conferenceSid, copy, since: wrongSince, sentence }) => ({
      kind,
      conferenceSid,
      copy,
      since: iso(wrongSince),
      sentence,
    }));
    const about: Omit<Feed, 'live' | 'finished'> = {
      version,
      since: iso(since),
      copies: describeCopies(copies()),
      verdict: { ok: current.length === 0, problems: current },
      signalWireAnsweredAt: isoOrNull(answeredAt),
      signalWireFailingSince: isoOrNull(failingSince),
      refusedCalls: refusedCalls ? { ...refusedCalls, lastAt: iso(refusedCalls.lastAt) } : null,
    };
    const [live, finished] = [history.live(), history.finished()].map((list) => `[${list.map(serialise).join()}]`);
    response.type('json').send(`${JSON.stringify(about).slice(0, -1)},"live":${live},"finished":${finished}}`);
  };
}

function describeCopies(copies: LinkedCopies | undefined): FeedCopies | null {
  return copies ? { self: copies.id, names: copies.ids, isLinked: copies.isLinked } : null;
}

/** The copy that works on a conference; null if that needn't be said. */
function copyOf({ sid, endedAt }: Timeline, copies: LinkedCopies | undefined): string | null {
  return copies && copies.ids.length > 1 && endedAt === undefined ? copies.ownerOf(sid) : null;
}

function toFeedConference(
  timeline: Timeline,
  { minParticipants, prefix, copy }: { minParticipants: number; prefix: string; copy: string | null },
): FeedConference {
  const { sid, name, firstSeenAt, endedAt, people, held, recording, recordingSid, recordingSince, assessment, events } =
    timeline;
  return {
    sid,
    name: name ?? null,
    room: name?.startsWith(prefix) ? name.slice(prefix.length) : (name ?? null),
    copy,
    firstSeenAt: iso(firstSeenAt),
    endedAt: isoOrNull(endedAt),
    people: people.size,
    callSids: [...people],
    heldCallSids: [...held],
    callers: callersIn(timeline),
    minParticipants,
    recordingSid: recordingSid ?? null,
    desired: assessment?.desired ?? null,
    observed: assessment?.observed ?? null,
    wrongSince: isoOrNull(assessment?.wrongSince),
    recording,
    recordingSince: iso(recordingSince),
    recordedSeconds: Math.round(timeline.recordedMs) / 1000,
    pausedSeconds: Math.round(timeline.pausedMs) / 1000,
    events: events.map((event) => ({ ...event, at: iso(event.at) })),
    recordings: timeline.stories,
  };
}

/** Everybody, if it is over; otherwise those who matter now. */
function callersIn({ callers, people, held, events, endedAt }: Timeline): FeedConference['callers'] {
  const relevant = new Set([...people, ...held, ...events.flatMap(({ callSid }) => callSid ?? [])]);
  const named = endedAt === undefined ? relevant : callers;
  return [...callers]
    .map((callSid, index) => ({ number: index + 1, callSid }))
    .filter(({ callSid }) => named.has(callSid));
}

function isoOrNull(ms: number | undefined): string | null {
  return ms === undefined ? null : iso(ms);
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
