import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Webhook } from '../../src/simulator/webhooks.js';
import {
  eventually,
  liveConference,
  type Pair,
  quiet,
  recordingStatus,
  startPair,
} from '../support/service-beside-simulator.js';
import { isPaused, isResumed, statusOf } from '../support/two-people.js';

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
    const pair = await onePerson({ request: 20_000 });
    // Nothing is answered any more while this lasts.
    pair.simulator.latencyMs = 60_000;
    const url = `${pair.service.publicUrl}/inbound`;
    await Promise.all(Array.from({ length: 120 }, (_, room) => pair.simulator.call({ url: `${url}?room=${room}` })));
    await eventually(() => expect(pair.requests.length).toBeGreaterThanOrEqual(98));
    await pair.simulator.call();
    await eventually(() => expect(writesOf(pair)).toHaveLength(1));
    expect(pair.requests).toHaveLength(99);
    await quiet(pair.simulator);
    expect(pair.requests).toHaveLength(99);
  });
});
