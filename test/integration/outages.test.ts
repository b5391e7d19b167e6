import { describe, expect, it } from 'vitest';
import { eventually, kindOf, liveConference, type Pair } from '../support/service-beside-simulator.js';
import {
  countOf,
  FAST,
  fail,
  isPaused,
  loggedOutages,
  READ_CONFERENCES,
  READ_LIST,
  READ_RECORDING,
  settled,
  statusOf,
  twoPeople,
  WRITE,
} from '../support/two-people.js';

// What is logged of an outage. That all is right after it is held by test/simulation.

const BEGINS = 'warn SignalWire fails: …';
const ENDS = 'info SignalWire works again';

const callInto = (pair: Pair, room: string) =>
  pair.simulator.call({ url: `${pair.service.publicUrl}/inbound?room=${room}` });

describe('an outage', () => {
  it.each([
    ['is answered with 503, as JSON, HTML or nothing', { unavailable: 1 }],
    ['is answered with 429', { tooMany: 1, retryAfter: 1 }],
    ['hangs', { hang: 1, obeyMs: 300 }],
    ['has its connection reset', { reset: 1 }],
  ])('in which every request %s is logged once, and once that it is over', async (_what, faults) => {
    const { pair, second } = await twoPeople({ durations: { ...FAST, request: 300, retryAfterMax: 200 } });
    const noFaults = { ...pair.simulator.faults };
    Object.assign(pair.simulator.faults, faults);
    pair.simulator.hangUp(second);
    await eventually(() => expect(countOf(pair, READ_LIST)).toBeGreaterThan(4));
    expect(statusOf(pair)).toBe('in-progress');
    expect(loggedOutages(pair)).toEqual([BEGINS]);

    Object.assign(pair.simulator.faults, noFaults);
    await isPaused(pair);
    await eventually(() => expect(loggedOutages(pair)).toEqual([BEGINS, ENDS]));
    expect(pair.log.filter(({ level }) => level > 30)).toHaveLength(1);
  });

  it('is logged once more when it comes back', async () => {
    const { pair, second } = await twoPeople();
    const happenings = [() => pair.simulator.hangUp(second), () => pair.simulator.call()];
    for (const happen of happenings) {
      const outage = fail(pair, 503, READ_LIST);
      pair.requests.length = 0;
      await happen();
      await eventually(() => expect(countOf(pair, READ_LIST)).toBeGreaterThan(2));
      outage.heal();
      await settled(pair);
    }
    expect(loggedOutages(pair)).toEqual([BEGINS, ENDS, BEGINS, ENDS]);
  });

  it('of a moment, which the next try makes good, is not logged', async () => {
    const { pair, second } = await twoPeople();
    pair.simulator.onRequest = (request, handle) =>
      kindOf(request) === READ_LIST && countOf(pair, READ_LIST) === 1 ? { status: 503, body: '' } : handle();
    pair.simulator.hangUp(second);
    await isPaused(pair);
    expect(countOf(pair, READ_LIST)).toBeGreaterThan(1);
    expect(loggedOutages(pair)).toEqual([]);
  });

  it('is over although the conference that failed is gone', async () => {
    const { pair, second } = await twoPeople();
    const outage = fail(pair, 503, READ_LIST, READ_RECORDING, WRITE);
    const calls = [await callInto(pair, 'gone'), await callInto(pair, 'gone')];
    await eventually(() => expect(countOf(pair, READ_LIST)).toBeGreaterThan(4));
    for (const call of calls) pair.simulator.hangUp(call);
    outage.heal();
    await settled(pair);
    pair.simulator.hangUp(second);
    await eventually(() => expect(loggedOutages(pair)).toEqual([BEGINS, ENDS]));
  });

  it('of one conference alone is not over while that one still fails', async () => {
    const { pair, second } = await twoPeople();
    const { sid } = liveConference(pair.simulator);
    pair.simulator.onRequest = (request, handle) => (request.path.includes(sid) ? { status: 503, body: '' } : handle());
    pair.simulator.hangUp(second);
    await eventually(() => expect(countOf(pair, READ_LIST)).toBeGreaterThan(1));
    await callInto(pair, 'elsewhere');
    await eventually(() => expect(countOf(pair, READ_LIST)).toBeGreaterThan(10));
    expect(loggedOutages(pair)).toEqual([BEGINS]);
  });
});

it('credentials that SignalWire no longer takes are logged loudly, and once', async () => {
  const { pair, second } = await twoPeople({ settings: { resyncIntervalMs: 200 } });
  const refused = fail(pair, 401, READ_LIST, READ_RECORDING, WRITE, READ_CONFERENCES);
  pair.simulator.hangUp(second);
  await eventually(() => expect(countOf(pair, READ_LIST)).toBeGreaterThan(5));
  expect(loggedOutages(pair)).toEqual(['error SignalWire refuses our credentials: …']);
  refused.heal();
  await isPaused(pair);
  await eventually(() => expect(loggedOutages(pair).at(-1)).toBe(ENDS));
});

describe('a recording whose every change is refused', () => {
  it.each([404, 422])('with %i is logged once, and once that it is right again', async (status) => {
    const { pair, second } = await twoPeople();
    const refused = fail(pair, status, WRITE);
    pair.simulator.hangUp(second);
    const loud = () => pair.log.filter(({ level }) => level > 30);
    await eventually(() => expect(loud()).toHaveLength(1));
    refused.heal();
    // What is refused again and again is let be until something happens.
    pair.simulator.hangUp(await pair.simulator.call());
    await isPaused(pair);
    await settled(pair);
    const { sid: conferenceSid } = liveConference(pair.simulator);
    expect(pair.log.filter(({ msg }) => msg.startsWith('the recording of '))).toEqual([
      expect.objectContaining({ level: 40, conferenceSid }),
      expect.objectContaining({ level: 30, conferenceSid, msg: 'the recording of the conference is right again' }),
    ]);
    expect(loud()).toHaveLength(1);
  });
});
