import { describe, expect, it } from 'vitest';
import { askFeed } from '../../src/running-service/ask-feed.js';
import { askStories } from '../../src/running-service/ask-stories.js';
import type { Feed, FeedConference, FeedEvent } from '../../src/status/feed.js';
import { eventually } from '../support/eventually.js';
import { type LinkedService, redisMissing, startLinkedServices } from '../support/linked-services.js';
import { getStatusRoute, PASSWORD } from '../support/status.js';

// What any copy of the service shows of all of them, if a real Redis links them.

/** How far the times of the same event may be apart on two copies on a busy machine (ms). */
const TOLERANCE_MS = 2000;

const feedsOf = (services: LinkedService[]) => Promise.all(services.map(({ feed }) => feed()));
const stateOf = ({ sid, callSids, recording, desired, observed, copy, recordings }: FeedConference) => ({
  sid,
  people: callSids.toSorted(),
  recording,
  desired,
  observed,
  copy,
  recordings: recordings.map(({ recordingSid, status, spans }) => [
    recordingSid,
    status,
    spans.map((one) => one.state),
  ]),
});
const bySid = (conferences: FeedConference[]) => conferences.map(stateOf).toSorted((a, b) => (a.sid < b.sid ? -1 : 1));
const shownIn = ({ live, finished, copies }: Feed) => ({
  live: bySid(live),
  finished: bySid(finished),
  names: copies?.names,
});
const whatOf = ({ what, callSid }: FeedEvent) => `${what} ${callSid ?? ''}`;
/** What happened, but for the last leave: its callback may arrive after the one about the end. */
const eventsOf = (conference: FeedConference | undefined) =>
  conference?.events.filter(({ what, people }) => what !== 'left' || people > 0) ?? [];

/** Waits until all copies show the same, and that is what a check expects of it. */
async function untilAllShow(services: LinkedService[], check: (feed: Feed) => void): Promise<Feed[]> {
  return eventually(async () => {
    const feeds = await feedsOf(services);
    const [first, ...others] = feeds;
    if (!first) throw new Error('There is no copy.');
    check(first);
    for (const other of others) expect(shownIn(other)).toEqual(shownIn(first));
    return feeds;
  });
}

const roomIn = (feed: Feed, room: string) => [...feed.live, ...feed.finished].find((one) => one.room === room);

describe.skipIf(redisMissing)('copies of the service that Redis links', () => {
  it('all show the conferences of all copies, what happened in them, and which copy works on each', async () => {
    const { simulator, services } = await startLinkedServices(3);
    const rooms = ['one', 'two', 'three', 'four', 'five', 'six'];
    const calls = await Promise.all(
      rooms.flatMap((room, index) => {
        const url = services[index % 3]?.room(room) ?? '';
        return [simulator.call({ url }), simulator.call({ url })];
      }),
    );
    const areAllRecorded = ({ live }: Feed) => {
      expect(live).toHaveLength(rooms.length);
      for (const { recording, callSids, wrongSince } of live) {
        expect([recording, callSids.length, wrongSince]).toEqual(['in-progress', 2, null]);
      }
    };
    const [feed] = await untilAllShow(services, areAllRecorded);
    const names = feed?.copies?.names ?? [];
    expect(names).toHaveLength(3);
    expect((await feedsOf(services)).map(({ copies }) => copies?.self).toSorted()).toEqual(names);
    for (const { copy } of feed?.live ?? []) expect(names).toContain(copy);

    // Each conference is counted by the copy that works on it, and by no other one.
    await eventually(async () => {
      const counted = await Promise.all(services.map(({ metrics }) => metrics()));
      expect(counted.reduce((sum, one) => sum + (one['conferences{recording="in-progress"}'] ?? 0), 0)).toBe(6);
      for (const [index, { copies, live }] of (await feedsOf(services)).entries()) {
        const own = live.filter(({ copy }) => copy === copies?.self).length;
        expect(counted[index]).toMatchObject({ copies: 3, 'conferences{recording="in-progress"}': own });
      }
    });

    for (const [index, call] of calls.entries()) if (index % 2 === 0) simulator.hangUp(call);
    await untilAllShow(services, ({ live }) => {
      expect(live.map(({ recording }) => recording)).toEqual(Array(6).fill('paused'));
    });
    for (const call of calls.slice(2)) simulator.hangUp(call);
    const feeds = await untilAllShow(services, ({ live, finished }) => {
      expect(live).toHaveLength(1);
      expect(finished).toHaveLength(5);
      for (const { recordings, copy } of finished) {
        expect([recordings, copy]).toEqual([[expect.objectContaining({ status: 'completed' })], null]);
      }
    });
    // The commands that ask a running service, such as `recordings pull`, may ask any copy.
    const urls = services.map(({ service }) => `http://127.0.0.1:${service.port}`);
    const [stories, ...otherStories] = await Promise.all(urls.map((url) => askStories(url, PASSWORD)));
    const sidsOf = (asked: typeof stories) => asked?.map(({ recordingSid }) => recordingSid).toSorted();
    expect(stories).toHaveLength(5);
    for (const other of otherStories) expect(sidsOf(other)).toEqual(sidsOf(stories));
    for (const url of urls) expect((await askFeed(url, PASSWORD)).finished).toHaveLength(5);

    for (const room of rooms) {
      const joinsAndLeaves = feeds.flatMap((each) => eventsOf(roomIn(each, room)).filter(({ callSid }) => callSid));
      // A copy may learn of the conference by what another one has read, and then shows who was in it without saying since when.
      expect(new Set(joinsAndLeaves.map(whatOf)).size).toBe(3);
      for (const { what, callSid, at } of joinsAndLeaves) {
        const same = joinsAndLeaves.filter((event) => event.what === what && event.callSid === callSid);
        for (const other of same) {
          expect(Math.abs(Date.parse(other.at) - Date.parse(at))).toBeLessThan(TOLERANCE_MS);
        }
      }
    }
  });

  it('all list the webhooks that any of them answered, and say which one did', async () => {
    const { simulator, services } = await startLinkedServices(3);
    for (const { room } of services) await simulator.call({ url: room('sales') });
    const [first, second] = services;
    const forged = await fetch(second?.room('sales') ?? '', {
      method: 'POST',
      headers: { 'x-signalwire-signature': 'forged' },
      body: new URLSearchParams({ CallSid: 'a', From: '+15550199999' }),
    });
    expect(forged.status).toBe(403);

    const self = (await second?.feed())?.copies?.self;
    await eventually(async () => {
      const lists = await Promise.all(services.map(({ webhooks }) => webhooks()));
      const [one, ...others] = lists.map(({ accepted }) =>
        accepted.map(({ route, event, url, copy }) => `${route} ${event} ${url} ${copy}`).toSorted(),
      );
      expect(one?.filter((line) => line.startsWith('/inbound'))).toHaveLength(3);
      expect(one?.filter((line) => line.startsWith('/callback'))).not.toHaveLength(0);
      expect(new Set(lists[0]?.accepted.map(({ copy }) => copy)).size).toBe(3);
      for (const other of others) expect(other).toEqual(one);
      for (const { refused } of lists) expect(refused).toMatchObject([{ route: '/inbound', status: 403, copy: self }]);
    });
    // Somebody is refused by a copy, which accepts nobody else: the verdict of each copy says which one it is.
    await eventually(async () => {
      const [seenByFirst, seenBySecond, seenByThird] = await feedsOf(services);
      const refusedCalls = { count: 1, lastReason: expect.stringContaining('signature') };
      for (const feed of [seenByFirst, seenBySecond, seenByThird]) expect(feed).toMatchObject({ refusedCalls });
      const sentence = expect.stringContaining(`Calls are refused by the copy ${self}`);
      for (const feed of [seenByFirst, seenByThird]) {
        expect(feed?.verdict).toMatchObject({ ok: false, problems: [{ kind: 'refused calls', copy: self, sentence }] });
      }
      expect(seenBySecond?.verdict.problems).toMatchObject([
        { kind: 'refused calls', sentence: expect.stringContaining('Calls are refused, so') },
      ]);
    });
    // What another copy accepts changes nothing about that.
    await simulator.call({ url: first?.room('sales') ?? '' });
    await eventually(async () => expect((await first?.webhooks())?.accepted[0]?.event).toBe('participant-join'));
    expect((await first?.feed())?.verdict.ok).toBe(false);
    await second?.service.close();
    await eventually(async () => expect((await first?.feed())?.verdict).toEqual({ ok: true, problems: [] }));
  });

  it('show at once that a copy has gone, and who works on its conferences now, and double nothing', async () => {
    const { simulator, redis, services } = await startLinkedServices(3);
    const [first] = services;
    if (!first) throw new Error('There is no copy.');
    await Promise.all(
      ['one', 'two', 'three', 'four', 'five', 'six'].flatMap((room) => {
        const url = first.room(room);
        return [simulator.call({ url }), simulator.call({ url })];
      }),
    );
    const areRecorded = ({ live }: Feed) => {
      expect(live.map(({ recording, callSids }) => [recording, callSids.length])).toEqual(
        Array(6).fill(['in-progress', 2]),
      );
    };
    const [before] = await untilAllShow(services, areRecorded);
    const { headers } = await getStatusRoute(first, '/conferences').expect(200);
    const gone = services.at(-1);
    const goneName = (await gone?.feed())?.copies?.self;
    await gone?.service.close();

    const [after] = await untilAllShow(services.slice(0, 2), ({ copies }) => expect(copies?.names).toHaveLength(2));
    await getStatusRoute(first, '/conferences')
      .set('if-none-match', headers.etag ?? '')
      .expect(200);
    for (const { sid, copy, events } of after?.live ?? []) {
      const was = before?.live.find((one) => one.sid === sid);
      expect(after?.copies?.names).toContain(copy);
      if (was?.copy !== goneName) expect(copy).toBe(was?.copy);
      expect(events.map(whatOf)).toEqual(was?.events.map(whatOf));
    }

    await redis.shutDown();
    await eventually(async () => {
      const { copies, live } = await first.feed();
      expect(copies).toEqual({ self: copies?.self, names: [copies?.self], isLinked: false });
      expect(live.map(({ copy }) => copy)).toEqual(Array(6).fill(null));
    });
    const samples = await first.metrics();
    expect(samples).toMatchObject({ copies: 1, 'conferences{recording="in-progress"}': 6 });
  });
});
