import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { PolicyFor } from '../recording/recording-policy.js';
import { version } from '../version.js';
import type { History, HistoryEvent, RecordingStatus, Timeline } from './history.js';

/** The answer of `GET /conferences`. Times are ISO 8601, by the service's clock. */
export interface Feed {
  version: string;
  /** When this copy of the service started watching. */
  since: string;
  /** Since when SignalWire has been failing, so that the feed may be out of date; null if it isn't failing. */
  signalWireFailingSince: string | null;
  /** In the order in which they were first seen. */
  live: FeedConference[];
  /** The latest first, 20 at most. */
  finished: FeedConference[];
}

export interface FeedConference {
  sid: string;
  /** Null until it is known. */
  name: string | null;
  /** The name without CONFERENCE_PREFIX. */
  room: string | null;
  firstSeenAt: string;
  endedAt: string | null;
  people: number;
  callSids: string[];
  /** The recording is paused while fewer people are in. */
  minParticipants: number;
  recording: RecordingStatus;
  recordingSince: string;
  /** Without the time since `recordingSince`. */
  recordedSeconds: number;
  pausedSeconds: number;
  /** Oldest first; only the latest 100 of a long conference. */
  events: FeedEvent[];
}

export type FeedEvent = Omit<HistoryEvent, 'at'> & { at: string };

/**
 * Answers with the history as JSON. The answer depends only on the history and not on the time of the request, so its ETag
 * changes with each event and never otherwise. A request with the current ETag gets a 304, and nothing is serialised.
 *
 * @param prefix what precedes the room in a conference's name
 */
export function createFeed(history: History, policyFor: PolicyFor, prefix: string): RequestHandler {
  // Every process counts its versions from zero, so the ETag needs a part that differs between processes.
  const processId = randomUUID();
  // Serialising hundreds of conferences every second would delay webhooks.
  const cache = new WeakMap<Timeline, { version: number; json: string }>();

  function serialise(timeline: Timeline): string {
    const cached = cache.get(timeline);
    if (cached?.version === timeline.version) return cached.json;
    const { minParticipants } = policyFor(timeline.name);
    const json = JSON.stringify(toFeedConference(timeline, minParticipants, prefix));
    cache.set(timeline, { version: timeline.version, json });
    return json;
  }

  return (request, response) => {
    const etag = `W/"${processId}-${history.version}"`;
    response.set('etag', etag);
    // Express' `fresh` never answers 304 to a request with Cache-Control: no-cache, which a browser's fetch sends.
    if (request.get('if-none-match')?.split(/, */).includes(etag)) return response.status(304).end();
    const { since, failingSince } = history;
    const about: Omit<Feed, 'live' | 'finished'> = {
      version,
      since: iso(since),
      signalWireFailingSince: failingSince === undefined ? null : iso(failingSince),
    };
    const [live, finished] = [history.live(), history.finished()].map((list) => `[${list.map(serialise).join()}]`);
    response.type('json').send(`${JSON.stringify(about).slice(0, -1)},"live":${live},"finished":${finished}}`);
  };
}

function toFeedConference(timeline: Timeline, minParticipants: number, prefix: string): FeedConference {
  const { sid, name, firstSeenAt, endedAt, people, recording, recordingSince, events } = timeline;
  return {
    sid,
    name: name ?? null,
    room: name?.startsWith(prefix) ? name.slice(prefix.length) : (name ?? null),
    firstSeenAt: iso(firstSeenAt),
    endedAt: endedAt === undefined ? null : iso(endedAt),
    people: people.size,
    callSids: [...people],
    minParticipants,
    recording,
    recordingSince: iso(recordingSince),
    recordedSeconds: Math.round(timeline.recordedMs) / 1000,
    pausedSeconds: Math.round(timeline.pausedMs) / 1000,
    events: events.map((event) => ({ ...event, at: iso(event.at) })),
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
