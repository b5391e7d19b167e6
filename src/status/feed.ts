import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import { version } from '../version.js';
import type { History, HistoryEvent, Life, Recording } from './history.js';

/** What `GET /conferences` answers. Times are ISO 8601, by the service's clock. */
export interface Feed {
  version: string;
  /** When this copy of the service began to watch. */
  since: string;
  /** With fewer people in, a recording is paused. */
  minParticipants: number;
  /** In the order in which they were seen. */
  live: ShownConference[];
  /** The latest first, 20 at most. */
  finished: ShownConference[];
}

export interface ShownConference {
  sid: string;
  /** Null while we haven't heard it. */
  name: string | null;
  /** The name without CONFERENCE_PREFIX. */
  room: string | null;
  firstSeenAt: string;
  endedAt: string | null;
  people: number;
  callSids: string[];
  recording: Recording;
  recordingSince: string;
  /** Without the stretch that has lasted since `recordingSince`. */
  recordedSeconds: number;
  pausedSeconds: number;
  /** Oldest first; of a long conference the latest 200. */
  events: ShownEvent[];
}

export type ShownEvent = Omit<HistoryEvent, 'at'> & { at: string };

/**
 * The history as JSON. Nothing in it depends on when it is asked for, so its ETag changes with each change and at no
 * other time: whoever brings the latest one is answered 304 without anything being written out.
 *
 * @param prefix what the names of conferences have before the room
 */
export function feed(history: History, minParticipants: number, prefix: string): RequestHandler {
  // A copy that is started anew, and any other, counts its versions from zero as well.
  const process = randomUUID();

  return (request, response) => {
    const etag = `W/"${process}-${history.version}"`;
    response.set({ etag, 'cache-control': 'private, no-cache' });
    // Not Express' `fresh`, which holds that nobody wants a 304 who sends Cache-Control: no-cache; browsers' fetch does.
    if (request.get('if-none-match')?.split(/, */).includes(etag)) return response.status(304).end();
    const shown: Feed = {
      version,
      since: time(history.since),
      minParticipants,
      live: history.live().map((life) => show(life, prefix)),
      finished: history.finished().map((life) => show(life, prefix)),
    };
    response.json(shown);
  };
}

function show(life: Life, prefix: string): ShownConference {
  const { sid, name, firstSeenAt, endedAt, people, recording, recordingSince, events } = life;
  return {
    sid,
    name: name ?? null,
    room: name?.startsWith(prefix) ? name.slice(prefix.length) : (name ?? null),
    firstSeenAt: time(firstSeenAt),
    endedAt: endedAt === undefined ? null : time(endedAt),
    people: people.size,
    callSids: [...people],
    recording,
    recordingSince: time(recordingSince),
    recordedSeconds: life.recordedMs / 1000,
    pausedSeconds: life.pausedMs / 1000,
    events: events.map((event) => ({ ...event, at: time(event.at) })),
  };
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}
