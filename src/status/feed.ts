import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import { version } from '../version.js';
import type { History, HistoryEvent, Life, Recording } from './history.js';

/** What `GET /conferences` answers. Times are ISO 8601, by the service's clock. */
export interface Feed {
  version: string;
  /** When this copy of the service began to watch. */
  since: string;
  /** Since when SignalWire hasn't answered us: what is shown may be out of date. Null where it answers. */
  signalWireFailingSince: string | null;
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
  /** Oldest first; of a long conference the latest 100. */
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
  const copy = randomUUID();
  // With hundreds of conferences writing all of them out each second would hold up webhooks.
  const written = new WeakMap<Life, { version: number; json: string }>();

  function write(life: Life): string {
    const known = written.get(life);
    if (known?.version === life.version) return known.json;
    const json = JSON.stringify(show(life, prefix));
    written.set(life, { version: life.version, json });
    return json;
  }

  return (request, response) => {
    const etag = `W/"${copy}-${history.version}"`;
    response.set('etag', etag);
    // Not Express' `fresh`, which holds that nobody wants a 304 who sends Cache-Control: no-cache; browsers' fetch does.
    if (request.get('if-none-match')?.split(/, */).includes(etag)) return response.status(304).end();
    const { since, failingSince } = history;
    const about: Omit<Feed, 'live' | 'finished'> = {
      version,
      since: time(since),
      signalWireFailingSince: failingSince === undefined ? null : time(failingSince),
      minParticipants,
    };
    const [live, finished] = [history.live(), history.finished()].map((lives) => `[${lives.map(write).join()}]`);
    response.type('json').send(`${JSON.stringify(about).slice(0, -1)},"live":${live},"finished":${finished}}`);
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
    recordedSeconds: Math.round(life.recordedMs) / 1000,
    pausedSeconds: Math.round(life.pausedMs) / 1000,
    events: events.map((event) => ({ ...event, at: time(event.at) })),
  };
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}
