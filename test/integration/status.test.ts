import express from 'express';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { createFeed } from '../../src/status/feed.js';
import { createHistory } from '../../src/status/history.js';
import { eventually } from '../support/eventually.js';
import { liveConference, startPair } from '../support/service-beside-simulator.js';
import { feedOf, getStatusRoute, onlyLive, PASSWORD } from '../support/status.js';
import {
  countOf,
  FAST,
  fail,
  givenOnePerson,
  givenTwoPeople,
  post,
  READ_LIST,
  READ_RECORDING,
} from '../support/two-people.js';

const OPEN = { settings: { statusPassword: PASSWORD } };
const ROUTES = ['/', '/status.css', '/status.js', '/webhooks.js', '/conferences', '/metrics', '/webhooks'];

describe('without STATUS_PASSWORD', () => {
  it.each(ROUTES)('%s answers 404 to every password', async (path) => {
    const pair = await startPair();
    const url = `http://127.0.0.1:${pair.service.port}`;
    await request(url).get(path).expect(404, 'There is nothing here.\n');
    await request(url).get(path).auth('anybody', '').expect(404);
    await request(url).get(path).auth('anybody', 'undefined').expect(404);
  });
});

describe('with STATUS_PASSWORD', () => {
  it.each(ROUTES)('%s is open to everybody who knows it, and to nobody else', async (path) => {
    const pair = await startPair(OPEN);
    const url = `http://127.0.0.1:${pair.service.port}`;
    const challenge = 'Basic realm="Conference recordings", charset="UTF-8"';
    await request(url).get(path).expect(401).expect('www-authenticate', challenge);
    await request(url).get(path).auth('anybody', 'open').expect(401).expect('www-authenticate', challenge);
    await request(url).get(path).auth(PASSWORD, '').expect(401);
    for (const broken of ['Basic', 'Basic !', 'Bearer b3Blbg==', `Basic ${btoa(PASSWORD)}`, `basic ${PASSWORD}`]) {
      await request(url).get(path).set('authorization', broken).expect(401);
    }
    for (const user of ['anybody', '', 'Zoë']) await request(url).get(path).auth(user, PASSWORD).expect(200);
    await request(url).post(path).auth('anybody', PASSWORD).expect(404);
  });

  it('accepts a password with colons and non-ASCII letters', async () => {
    const pair = await startPair({ settings: { statusPassword: 'a:b:ключ' } });
    await request(pair.service.publicUrl).get('/metrics').auth('anybody', 'a:b:ключ').expect(200);
    await request(pair.service.publicUrl).get('/metrics').auth('anybody', 'a:b:').expect(401);
  });

  it('changes nothing for webhooks, /healthz and unknown paths', async () => {
    const pair = await startPair(OPEN);
    await request(pair.service.publicUrl).get('/healthz').expect(200);
    await request(pair.service.publicUrl).post('/inbound').expect(403);
    for (const path of ['/nothing', '/conferences/nothing', '/index.html', '/status.css/', '/page/status.js', '/..']) {
      await getStatusRoute(pair, path).expect(404);
    }
  });

  it('logs that a password was wrong, but not the password', async () => {
    const pair = await startPair(OPEN);
    await request(pair.service.publicUrl).get('/').auth('anybody', 'guess-1234').expect(401);
    expect(pair.log).toContainEqual(
      expect.objectContaining({ level: 'warn', reason: 'The password is wrong.', path: '/' }),
    );
    expect(JSON.stringify(pair.log)).not.toMatch(/guess-1234|open sesame/);
  });

  it('restricts the page to its own scripts, stylesheet and feed', async () => {
    const pair = await startPair(OPEN);
    const { headers, text } = await getStatusRoute(pair, '/').expect('content-type', /^text\/html/);
    expect(headers['content-security-policy']).toBe(
      "default-src 'none';script-src 'self';style-src 'self';connect-src 'self';img-src data:;base-uri 'none';form-action 'none';frame-ancestors 'none'",
    );
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(text).not.toMatch(/ style=|<style| on[a-z]+=|<script(?! type="module" src="(status|webhooks)\.js")/);
  });
});

describe('the feed', () => {
  it('is empty at first', async () => {
    const pair = await startPair(OPEN);
    expect(await feedOf(pair)).toMatchObject({ live: [], finished: [] });
  });

  it('shows a conference from the first caller to the end', async () => {
    const pair = await startPair({ ...OPEN, durations: FAST });
    const url = `${pair.service.publicUrl}/inbound?room=sales`;
    const first = await pair.simulator.call({ url });
    await eventually(async () =>
      expect(await onlyLive(pair)).toMatchObject({
        room: 'sales',
        minParticipants: 2,
        name: 'recorded-sales',
        people: 1,
        recording: 'none',
      }),
    );
    const second = await pair.simulator.call({ url });
    await eventually(async () => expect(await onlyLive(pair)).toMatchObject({ people: 2, recording: 'in-progress' }));
    pair.simulator.hangUp(second);
    await eventually(async () => {
      expect(await onlyLive(pair)).toMatchObject({ people: 1, callSids: [first.sid], recording: 'paused' });
    });
    const third = await pair.simulator.call({ url });
    await eventually(async () => expect(await onlyLive(pair)).toMatchObject({ people: 2, recording: 'in-progress' }));
    pair.simulator.hangUp(first);
    await eventually(async () => expect(await onlyLive(pair)).toMatchObject({ people: 1, recording: 'paused' }));
    pair.simulator.hangUp(third);
    await eventually(async () => expect(await feedOf(pair)).toMatchObject({ live: [], finished: [{ room: 'sales' }] }));

    const [finished] = (await feedOf(pair)).finished;
    const events = finished?.events.map(({ what, callSid, people, recording }) => [what, callSid, people, recording]);
    expect(events).toEqual([
      ['seen', undefined, 0, 'none'],
      ['joined', first.sid, 1, 'none'],
      ['joined', second.sid, 2, 'none'],
      ['recording', undefined, 2, 'in-progress'],
      ['left', second.sid, 1, 'in-progress'],
      ['recording', undefined, 1, 'paused'],
      ['joined', third.sid, 2, 'paused'],
      ['recording', undefined, 2, 'in-progress'],
      ['left', first.sid, 1, 'in-progress'],
      ['recording', undefined, 1, 'paused'],
      ['left', third.sid, 0, 'paused'],
      ['over', undefined, 0, 'none'],
    ]);
    const { recordedSeconds = 0, pausedSeconds = 0, firstSeenAt = '', endedAt } = finished ?? {};
    const lasted = (Date.parse(endedAt ?? '') - Date.parse(firstSeenAt)) / 1000;
    expect(recordedSeconds).toBeGreaterThan(0);
    expect(pausedSeconds).toBeGreaterThan(0);
    expect(recordedSeconds + pausedSeconds).toBeLessThanOrEqual(lasted);
  });

  it('shows how many people each conference needs, by the policy of its name', async () => {
    const history = createHistory();
    for (const name of ['recorded-sales', 'recorded-panel']) {
      const conference = {
        sid: name,
        name,
        people: new Set(['a']),
        held: new Set<string>(),
        recordingSid: undefined,
        recordingState: undefined,
      };
      history.record({
        type: 'conference-read',
        conference,
        trigger: { kind: 'resync', receivedAt: undefined, delayMs: undefined },
      });
    }
    const policyFor = (name: string | undefined) => ({
      minParticipants: name === 'recorded-panel' ? 3 : 2,
      pauseBehavior: 'skip' as const,
      countHeld: true,
    });
    const app = express().get(
      '/conferences',
      createFeed({ history, problems: { current: () => [] }, policyFor, prefix: 'recorded-', copies: () => undefined }),
    );
    const { body } = await request(app).get('/conferences').expect(200);
    expect(body.live).toMatchObject([
      { room: 'sales', minParticipants: 2 },
      { room: 'panel', minParticipants: 3 },
    ]);
  });

  it('shows the conferences in progress after a restart', async () => {
    const { pair, first } = await givenOnePerson(OPEN);
    await pair.restart({ port: pair.service.port });
    expect(await onlyLive(pair)).toMatchObject({ callSids: [first.sid], recording: 'paused', pausedSeconds: 0 });
    // They were in before, so nobody joined.
    expect((await onlyLive(pair)).events.map(({ what, people }) => [what, people])).toEqual([['seen', 1]]);
    await pair.simulator.call();
    await eventually(async () => expect(await onlyLive(pair)).toMatchObject({ people: 2, recording: 'in-progress' }));
  });

  it('has an ETag that is valid until something changes', async () => {
    const { pair, second } = await givenTwoPeople(OPEN);
    const { headers } = await getStatusRoute(pair, '/conferences').expect(200);
    const { etag = '' } = headers;
    await getStatusRoute(pair, '/conferences').set('if-none-match', etag).expect(304, '');
    await getStatusRoute(pair, '/conferences')
      .set({ 'if-none-match': `W/"other", ${etag}`, 'cache-control': 'no-cache' })
      .expect(304);
    // A read that finds nothing new doesn't change it.
    const reads = countOf(pair, READ_LIST);
    const url = `${pair.service.publicUrl}/callback`;
    const { sid: ConferenceSid } = liveConference(pair.simulator);
    await post(pair, url, { ConferenceSid, StatusCallbackEvent: 'conference-start' });
    await eventually(() => expect(countOf(pair, READ_LIST)).toBeGreaterThan(reads));
    await getStatusRoute(pair, '/conferences').set('if-none-match', etag).expect(304);
    pair.simulator.hangUp(second);
    await eventually(() => getStatusRoute(pair, '/conferences').set('if-none-match', etag).expect(200));
    await pair.restart();
    await getStatusRoute(pair, '/conferences').set('if-none-match', etag).expect(200);
  });

  it('shows since when SignalWire has been failing, because it may be out of date', async () => {
    const { pair, second } = await givenTwoPeople(OPEN);
    const failing = fail(pair, 503, READ_LIST, READ_RECORDING);
    pair.simulator.hangUp(second);
    await eventually(async () => {
      const { signalWireFailingSince } = await feedOf(pair);
      expect(Date.parse(signalWireFailingSince ?? '')).toBeLessThanOrEqual(Date.now());
    });
    failing.heal();
    await eventually(async () => expect(await feedOf(pair)).toMatchObject({ signalWireFailingSince: null }));
    expect(await onlyLive(pair)).toMatchObject({ recording: 'paused' });
  });

  it('contains no phone numbers, and neither does /metrics', async () => {
    const { pair, first, second } = await givenTwoPeople(OPEN);
    const { text } = await getStatusRoute(pair, '/conferences');
    expect(text).toContain(first.sid);
    const all = text + (await getStatusRoute(pair, '/metrics')).text;
    for (const number of [first.from, second.from, first.to]) expect(all).not.toContain(number.replace('+', ''));
  });
});
