import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listen } from '../../src/listen.js';
import type { Webhook } from '../../src/simulator/webhooks.js';
import {
  eventually,
  liveConference,
  type Pair,
  quiet,
  recordingStatus,
  startPair,
} from '../support/service-beside-simulator.js';

const isPaused = (pair: Pair) => eventually(() => expect(statusOf(pair)).toBe('paused'));
const isResumed = (pair: Pair) => eventually(() => expect(statusOf(pair)).toBe('resumed'));
const statusOf = ({ simulator }: Pair) => recordingStatus(liveConference(simulator));
const writesOf = ({ requests }: Pair) => requests.filter((request) => request.startsWith('POST'));
const eventOf = ({ parameters }: Webhook) => parameters.StatusCallbackEvent ?? parameters.RecordingStatus;

/** Two people in a recorded conference, and the service has seen it all. */
async function twoPeople(options?: Parameters<typeof startPair>[0]) {
  const pair = await startPair(options);
  const first = await pair.simulator.call();
  const second = await pair.simulator.call();
  await quiet(pair.simulator);
  return { pair, first, second };
}

describe('the recording', () => {
  it('runs while two are in, pauses when one leaves, and runs again when somebody is back', async () => {
    const { pair, second } = await twoPeople();
    expect(statusOf(pair)).toBe('in-progress');
    pair.simulator.hangUp(second);
    await isPaused(pair);
    await pair.simulator.call();
    await isResumed(pair);
    await quiet(pair.simulator);
    expect(writesOf(pair)).toEqual(['POST Conferences Recordings', 'POST Conferences Recordings']);
    expect(pair.problems).toEqual([]);
    const changes = pair.log.filter(({ msg }) => /^recording (paused|resumed)$/.test(msg));
    expect(changes.map(({ msg }) => msg)).toEqual(['recording paused', 'recording resumed']);
  });

  it('goes on while more than one is left', async () => {
    const { pair, second } = await twoPeople();
    await pair.simulator.call();
    pair.simulator.hangUp(second);
    await quiet(pair.simulator);
    expect(statusOf(pair)).toBe('in-progress');
    expect(writesOf(pair)).toEqual([]);
  });

  it.each(['skip', 'silence'] as const)(
    'is paused with PauseBehavior %s as the settings say',
    async (pauseBehavior) => {
      const { pair, second } = await twoPeople({ settings: { pauseBehavior } });
      pair.simulator.hangUp(second);
      await isPaused(pair);
      expect(liveConference(pair.simulator).recordings[0]?.pauseBehavior).toBe(pauseBehavior);
    },
  );

  it('runs from as many people on as MIN_PARTICIPANTS says', async () => {
    const { pair } = await twoPeople({ settings: { minParticipants: 3 } });
    await isPaused(pair);
    await pair.simulator.call();
    await isResumed(pair);
  });

  it('is paused and resumed with 60 people coming and going, more than a page of the default length', async () => {
    const pair = await startPair();
    const calls = await Promise.all(Array.from({ length: 60 }, () => pair.simulator.call()));
    await quiet(pair.simulator);
    const conference = liveConference(pair.simulator);
    expect(conference.participants.size).toBe(60);
    for (const call of calls.slice(2)) pair.simulator.hangUp(call);
    await quiet(pair.simulator);
    expect(recordingStatus(conference)).toBe('in-progress');
    for (const call of calls.slice(1, 2)) pair.simulator.hangUp(call);
    await isPaused(pair);
    await pair.simulator.call();
    await isResumed(pair);
    expect(writesOf(pair)).toHaveLength(2);
  });

  it('is kept right in two rooms at once', async () => {
    const pair = await startPair();
    const into = (room: string) => pair.simulator.call({ url: `${pair.service.publicUrl}/inbound?room=${room}` });
    const sales = [await into('sales'), await into('sales')];
    await into('support');
    await into('support');
    await quiet(pair.simulator);
    for (const call of sales.slice(1)) pair.simulator.hangUp(call);
    const statuses = () =>
      Object.fromEntries(pair.simulator.conferences().map((one) => [one.name, recordingStatus(one)]));
    await eventually(() =>
      expect(statuses()).toEqual({ 'recorded-sales': 'paused', 'recorded-support': 'in-progress' }),
    );
    await into('sales');
    await eventually(() =>
      expect(statuses()).toEqual({ 'recorded-sales': 'resumed', 'recorded-support': 'in-progress' }),
    );
  });
});

describe('callbacks are hints', () => {
  it("needs no callback with the recording's SID", async () => {
    const { pair, second } = await twoPeople({
      before(simulator) {
        simulator.onCallback = (callback, send) => callback.parameters.RecordingSid === undefined && send();
      },
    });
    pair.simulator.hangUp(second);
    await isPaused(pair);
    await pair.simulator.call();
    await isResumed(pair);
  });

  it("takes the recording's SID late, and does not take it for news that the recording runs", async () => {
    const late: (() => void)[] = [];
    const { pair, second } = await twoPeople({
      before(simulator) {
        simulator.onCallback = (callback, send) => (eventOf(callback) === 'in-progress' ? late.push(send) : send());
      },
    });
    pair.simulator.hangUp(second);
    await isPaused(pair);
    for (const send of late) send();
    await quiet(pair.simulator);
    expect(statusOf(pair)).toBe('paused');
    await pair.simulator.call();
    await isResumed(pair);
    expect(writesOf(pair)).toHaveLength(2);
  });

  it('writes no more for callbacks that come twice', async () => {
    const { pair, second } = await twoPeople({
      before(simulator) {
        simulator.onCallback = (_callback, send) => {
          send();
          send();
        };
      },
    });
    pair.simulator.hangUp(second);
    await isPaused(pair);
    await quiet(pair.simulator);
    await pair.simulator.call();
    await isResumed(pair);
    await quiet(pair.simulator);
    expect(writesOf(pair)).toHaveLength(2);
  });

  it('is not fooled by a leave that comes before its join', async () => {
    const { pair, second } = await twoPeople();
    pair.simulator.hangUp(second);
    await isPaused(pair);
    await quiet(pair.simulator);

    const joins: (() => void)[] = [];
    pair.simulator.onCallback = (callback, send) =>
      eventOf(callback) === 'participant-join' ? joins.push(send) : send();
    pair.simulator.hangUp(await pair.simulator.call());
    await quiet(pair.simulator);
    for (const send of joins) send();
    await quiet(pair.simulator);
    expect(joins).toHaveLength(1);
    expect(statusOf(pair)).toBe('paused');
    expect(writesOf(pair)).toHaveLength(1);
  });

  it('does not pause for a leave of somebody who was never in', async () => {
    const { pair } = await twoPeople();
    const forged: Webhook[] = [];
    pair.simulator.onCallback = (callback, send) => {
      forged.push(callback);
      callback.parameters.CallSid = randomUUID();
      callback.parameters.StatusCallbackEvent = 'participant-leave';
      send();
    };
    await pair.simulator.call();
    await quiet(pair.simulator);
    expect(forged).toHaveLength(1);
    expect(statusOf(pair)).toBe('in-progress');
    expect(writesOf(pair)).toEqual([]);
  });

  it('looks a last time when the word of the last callback has run out, by the list alone', async () => {
    const { pair } = await twoPeople({ durations: { word: 300, settle: 350 } });
    // The callback speaks of somebody who isn't there, so the recording is paused on its word, and then put right.
    pair.simulator.onCallback = (callback, send) => {
      callback.parameters.CallSid = liveConference(pair.simulator).participants.keys().next().value ?? '';
      callback.parameters.StatusCallbackEvent = 'participant-leave';
      callback.parameters.Timestamp = new Date(Date.now() + 2000).toUTCString();
      send();
    };
    const third = await pair.simulator.call();
    pair.simulator.onCallback = () => {};
    pair.simulator.hangUp(third);
    await isPaused(pair);
    await isResumed(pair);
  });
});

describe('a resume', () => {
  /** One waits in a paused conference, and the service knows. */
  async function onePerson(durations = {}) {
    const { pair, second } = await twoPeople({ durations });
    pair.simulator.hangUp(second);
    await isPaused(pair);
    await quiet(pair.simulator);
    pair.requests.length = 0;
    return pair;
  }

  it('is sent before anything is read', async () => {
    const pair = await onePerson();
    await pair.simulator.call();
    await isResumed(pair);
    expect(pair.requests[0]).toBe('POST Conferences Recordings');
  });

  it('is sent at once also while a pass is under way', async () => {
    const pair = await onePerson();
    pair.simulator.latencyMs = 400;
    // Somebody joins a silent conference: a pass begins, and nothing is resumed by it.
    pair.simulator.onCallback = (callback, send) => {
      callback.parameters.StatusCallbackEvent = 'conference-start';
      send();
    };
    await pair.simulator.call();
    await eventually(() => expect(pair.requests).toContain('GET Conferences Participants'));
    expect(pair.requests).not.toContain('POST Conferences Recordings');
    pair.simulator.onCallback = (_callback, send) => send();
    let answered = 0;
    pair.simulator.events.on('answer', () => {
      answered += 1;
    });
    await pair.simulator.call();
    await eventually(() => expect(pair.requests).toContain('POST Conferences Recordings'));
    expect(answered).toBe(0);
    await isResumed(pair);
  });

  it('is only considered, not sent at once, for a join that is more than ten seconds old', async () => {
    const pair = await onePerson();
    pair.simulator.onCallback = (callback, send) => {
      callback.parameters.Timestamp = new Date(Date.now() - 12_000).toUTCString();
      send();
    };
    await pair.simulator.call();
    await isResumed(pair);
    expect(pair.requests[0]).toMatch(/^GET/);
  });

  it('goes past the bound on requests in flight, which holds for the others', async () => {
    const pair = await onePerson({ request: 2000 });
    // Nothing is answered any more while this lasts.
    pair.simulator.latencyMs = 60_000;
    const url = `${pair.service.publicUrl}/inbound`;
    await Promise.all(Array.from({ length: 40 }, (_, room) => pair.simulator.call({ url: `${url}?room=${room}` })));
    await eventually(() => expect(pair.requests.length).toBeGreaterThanOrEqual(24));
    await pair.simulator.call();
    await eventually(() => expect(writesOf(pair)).toHaveLength(1));
    expect(pair.requests).toHaveLength(25);
    await quiet(pair.simulator);
    expect(pair.requests).toHaveLength(25);
  });
});

describe('a sweep', () => {
  const sweeping = { settings: { sweepIntervalMs: 400 }, durations: { word: 50, settle: 60 } };

  it('makes good a leave and a join that were never heard of', async () => {
    const { pair, second } = await twoPeople(sweeping);
    pair.simulator.onCallback = () => {};
    pair.simulator.hangUp(second);
    await isPaused(pair);
    await pair.simulator.call();
    await isResumed(pair);
  });

  it('finds a conference of which nothing was ever heard', async () => {
    const { pair, second } = await twoPeople({
      ...sweeping,
      before(simulator) {
        simulator.onCallback = () => {};
      },
    });
    pair.simulator.hangUp(second);
    await isPaused(pair);
  });

  it('forgets a conference whose end was never heard of', async () => {
    const { pair, first, second } = await twoPeople(sweeping);
    pair.simulator.onCallback = () => {};
    pair.simulator.hangUp(first);
    pair.simulator.hangUp(second);
    const health = async () => (await fetch(`${pair.service.publicUrl}/healthz`)).json();
    await eventually(async () => expect(await health()).toMatchObject({ conferences: 0 }));
    expect(pair.log).toContainEqual(expect.objectContaining({ msg: 'the conference is over' }));
  });

  it("leaves other applications' conferences alone", async () => {
    const laml = '<Response><Dial><Conference record="record-from-start">theirs</Conference></Dial></Response>';
    const other = createServer((_request, response) => response.setHeader('content-type', 'text/xml').end(laml));
    const port = await listen(other, 0, '127.0.0.1');
    onTestFinished(() => void other.close());
    const url = `http://127.0.0.1:${port}/`;

    const { pair } = await twoPeople(sweeping);
    const [, second] = [await pair.simulator.call({ url }), await pair.simulator.call({ url })];
    const theirs = pair.simulator.conferences().find(({ name }) => name === 'theirs');
    const paths: string[] = [];
    pair.simulator.events.on('request', ({ path }) => paths.push(path));
    pair.simulator.hangUp(second);
    const sweeps = () => paths.filter((path) => path.endsWith('/Conferences')).length;
    await eventually(() => expect(sweeps()).toBeGreaterThan(2));
    expect(theirs?.recordings[0]?.status).toBe('in-progress');
    expect(paths.filter((path) => path.includes(theirs?.sid ?? ''))).toEqual([]);
    expect(paths.length).toBeGreaterThan(sweeps());
  });

  it('asks for one page, and for two things of each conference of ours', async () => {
    const { pair } = await twoPeople(sweeping);
    pair.requests.length = 0;
    const count = (kind: string) => pair.requests.filter((request) => request === kind).length;
    await eventually(() => expect(count('GET Conferences')).toBe(6));
    const kinds = ['GET Conferences', 'GET Conferences Participants', 'GET Conferences Recordings'];
    expect([...new Set(pair.requests)].toSorted()).toEqual(kinds);
    // Between the first and the sixth list lie five intervals, and a piece of one before the first: five or six visits,
    // and one fewer or more where the conference's time in the interval is that of the list itself.
    for (const visits of kinds.slice(1).map(count)) {
      expect(visits).toBeGreaterThanOrEqual(4);
      expect(visits).toBeLessThanOrEqual(7);
    }
  });
});

describe('a restart', () => {
  it('forgets nothing: neither the paused recording nor the room that callers join', async () => {
    const { pair, second } = await twoPeople();
    pair.simulator.hangUp(second);
    await isPaused(pair);
    // Its callbacks go to the service that is gone, as the first caller's document said.
    await pair.restart();
    await pair.simulator.call();
    expect(liveConference(pair.simulator).participants.size).toBe(2);
    await pair.restart();
    expect(statusOf(pair)).toBe('resumed');
  });

  it('finds a conference in which somebody still waits alone', async () => {
    const pair = await startPair();
    await pair.simulator.call();
    expect(liveConference(pair.simulator).status).toBe('init');
    await pair.restart();
    await pair.simulator.call();
    expect(liveConference(pair.simulator).participants.size).toBe(2);
  });

  it('does not miss a conference that begins while the first sweep lists them', async () => {
    const pair = await startPair();
    await pair.simulator.call();
    await quiet(pair.simulator);
    const { name } = liveConference(pair.simulator);
    const laml = `<Response><Dial><Conference record="record-from-start">${name}</Conference></Dial></Response>`;
    const other = createServer((_request, response) => response.setHeader('content-type', 'text/xml').end(laml));
    const url = `http://127.0.0.1:${await listen(other, 0, '127.0.0.1')}/`;
    onTestFinished(() => void other.close());

    // The second person comes between the two lists, when nobody listens to callbacks.
    let lists = 0;
    pair.simulator.onCallback = () => {};
    pair.simulator.onRequest = async (request, handle) => {
      const answer = handle();
      if (request.path.endsWith('/Conferences') && ++lists === 1) await pair.simulator.call({ url });
      return answer;
    };
    await pair.restart();
    expect(liveConference(pair.simulator).participants.size).toBe(2);
    expect(await (await fetch(`${pair.service.publicUrl}/healthz`)).json()).toMatchObject({ conferences: 1 });
  });

  it('sends nobody to a room that was asked for by name, even if the name looks like a CallSid', async () => {
    const pair = await startPair();
    await pair.simulator.call({ url: `${pair.service.publicUrl}/inbound?room=${randomUUID()}` });
    await pair.restart();
    await pair.simulator.call();
    expect(pair.simulator.conferences()).toHaveLength(2);
  });

  it('sends callers to the oldest of the rooms that were named by a caller', async () => {
    const pair = await startPair();
    const older = await pair.simulator.call();
    await quiet(pair.simulator);
    // A second room of this kind comes about when the end of the first one is heard of wrongly.
    const { sid, name } = liveConference(pair.simulator);
    pair.simulator.onCallback = (callback, send) => {
      const end = { ConferenceSid: sid, FriendlyName: name, StatusCallbackEvent: 'conference-end' };
      Object.assign(callback.parameters, end);
      send();
    };
    await pair.simulator.call({ url: `${pair.service.publicUrl}/inbound?room=aside` });
    await quiet(pair.simulator);
    // Dates have whole seconds, and only by them can be told which is older.
    const second = Math.floor(Date.now() / 1000);
    await eventually(() => expect(Math.floor(Date.now() / 1000)).toBeGreaterThan(second));
    await pair.simulator.call();
    expect(pair.simulator.conferences()).toHaveLength(3);

    await pair.restart();
    await pair.simulator.call();
    const joined = pair.simulator.conferences().find(({ participants }) => participants.has(older.sid));
    expect(joined?.participants.size).toBe(2);
  });
});
