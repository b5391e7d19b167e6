import { describe, expect, it } from 'vitest';
import type { Faults } from '../../src/simulator/faults.js';
import { NO_FAULTS } from '../../src/simulator/faults.js';
import {
  eventually,
  kindOf,
  liveConference,
  type Pair,
  quiet,
  recordingStatus,
  startPair,
} from '../support/service-beside-simulator.js';
import {
  countOf,
  FAST,
  fail,
  isPaused,
  isResumed,
  onePerson,
  READ_LIST,
  READ_RECORDING,
  said,
  settled,
  twoPeople,
  WRITE,
} from '../support/two-people.js';

const callInto = (pair: Pair, room: string) =>
  pair.simulator.call({ url: `${pair.service.publicUrl}/inbound?room=${room}` });

function statusIn({ simulator }: Pair, room: string): string | undefined {
  const conference = simulator.conferences().find(({ name }) => name === `recorded-${room}`);
  return conference && recordingStatus(conference);
}

describe('an outage', () => {
  const outages: [what: string, faults: Partial<Faults>][] = [
    ['503, as JSON, HTML or nothing', { unavailable: 1 }],
    ['429 without Retry-After', { tooMany: 1, retryAfter: 0 }],
    ['429 with Retry-After', { tooMany: 1, retryAfter: 1 }],
    ['requests that hang', { hang: 1, obeyMs: 300 }],
    ['connections that are reset', { reset: 1 }],
    ['all of it in turn', { unavailable: 0.3, tooMany: 0.3, hang: 0.2, obeyMs: 300, reset: 0.2 }],
  ];

  it.each(outages)(
    'of %s pauses nothing on a guess, and all is right when it is over',
    { timeout: 15_000 },
    async (_what, faults) => {
      const durations = { ...FAST, request: 600, retryAfterMost: 200 };
      const pair = await startRooms({ durations });
      Object.assign(pair.simulator.faults, faults);
      await change(pair);
      // Every conference of the three has been asked about a few times by now.
      await eventually(() => expect(countOf(pair, READ_LIST)).toBeGreaterThanOrEqual(9));
      expect(statusIn(pair, 'left')).toBe('in-progress');
      expect(statusIn(pair, 'changed')).toBe('in-progress');

      Object.assign(pair.simulator.faults, NO_FAULTS);
      await eventually(() => {
        expect(statusIn(pair, 'left')).toBe('paused');
        expect(statusIn(pair, 'joined')).toBe('resumed');
        expect(statusIn(pair, 'changed')).toBe('in-progress');
      });
      await settled(pair);
      expect([statusIn(pair, 'left'), statusIn(pair, 'joined')]).toEqual(['paused', 'resumed']);
      const once = ['warn SignalWire fails: …', 'info SignalWire works again'];
      await eventually(() => expect(said(pair)).toEqual(once));
      expect(pair.log.filter(({ level }) => level > 30)).toHaveLength(1);
    },
  );

  /** Three rooms: two in each but `joined`, where one waits in a paused conference. */
  async function startRooms(options: Parameters<typeof startPair>[0]): Promise<Pair> {
    const pair = await startPair(options);
    for (const room of ['left', 'joined', 'changed']) await callInto(pair, room);
    for (const room of ['left', 'changed']) await callInto(pair, room);
    const second = await callInto(pair, 'joined');
    await settled(pair);
    pair.simulator.hangUp(second);
    await eventually(() => expect(statusIn(pair, 'joined')).toBe('paused'));
    await settled(pair);
    pair.requests.length = 0;
    return pair;
  }

  async function change(pair: Pair): Promise<void> {
    const firstIn = (room: string) => {
      const conference = pair.simulator.conferences().find(({ name }) => name === `recorded-${room}`);
      for (const { call } of [...(conference?.participants.values() ?? [])].slice(0, 1)) pair.simulator.hangUp(call);
    };
    firstIn('left');
    firstIn('changed');
    await callInto(pair, 'changed');
    await callInto(pair, 'joined');
  }

  it('is spoken of anew when there is another one', async () => {
    const { pair, second } = await twoPeople();
    for (const call of [second, undefined]) {
      const outage = fail(pair, 503, READ_LIST);
      pair.requests.length = 0;
      if (call) pair.simulator.hangUp(call);
      else await pair.simulator.call();
      await eventually(() => expect(countOf(pair, READ_LIST)).toBeGreaterThan(2));
      outage.heal();
      await settled(pair);
    }
    const once = ['warn SignalWire fails: …', 'info SignalWire works again'];
    expect(said(pair)).toEqual([...once, ...once]);
  });

  it('of a moment, which the next try makes good, is not spoken of', async () => {
    const { pair, second } = await twoPeople();
    pair.simulator.onRequest = (request, handle) =>
      kindOf(request) === READ_LIST && countOf(pair, READ_LIST) === 1 ? { status: 503, body: '' } : handle();
    pair.simulator.hangUp(second);
    await isPaused(pair);
    expect(countOf(pair, READ_LIST)).toBeGreaterThan(1);
    expect(said(pair)).toEqual([]);
  });

  it('is over although a conference that failed is gone, and another one then', { timeout: 15_000 }, async () => {
    const { pair, second } = await twoPeople();
    for (let time = 0; time < 2; time += 1) {
      const outage = fail(pair, 503, READ_LIST, READ_RECORDING, WRITE);
      const before = countOf(pair, READ_LIST);
      const [one, other] = [await callInto(pair, `gone-${time}`), await callInto(pair, `gone-${time}`)];
      await eventually(() => expect(countOf(pair, READ_LIST)).toBeGreaterThan(before + 4));
      pair.simulator.hangUp(one);
      pair.simulator.hangUp(other);
      outage.heal();
      await settled(pair);
      if (time === 0) pair.simulator.hangUp(second);
      else await pair.simulator.call();
      await settled(pair);
    }
    const once = ['warn SignalWire fails: …', 'info SignalWire works again'];
    expect(said(pair)).toEqual([...once, ...once]);
  });

  it('of one conference alone is not over while that one still fails', async () => {
    const { pair, second } = await twoPeople();
    const { sid } = liveConference(pair.simulator);
    pair.simulator.onRequest = (request, handle) => (request.path.includes(sid) ? { status: 503, body: '' } : handle());
    pair.simulator.hangUp(second);
    await eventually(() => expect(countOf(pair, READ_LIST)).toBeGreaterThan(1));
    await callInto(pair, 'elsewhere');
    await eventually(() => expect(countOf(pair, READ_LIST)).toBeGreaterThan(10));
    expect(said(pair)).toEqual(['warn SignalWire fails: …']);
  });
});

describe('Retry-After', () => {
  const durations = { ...FAST, retryAfterMost: 1500 };

  it('is waited for, whatever is heard meanwhile, but not for longer than we think right', async () => {
    const { pair, second } = await twoPeople({ durations });
    Object.assign(pair.simulator.faults, { tooMany: 1, retryAfter: 60 });
    pair.simulator.hangUp(second);
    await eventually(() => expect(pair.requests.length).toBeGreaterThan(0));
    await quiet(pair.simulator, 100);
    pair.requests.length = 0;
    Object.assign(pair.simulator.faults, NO_FAULTS);
    pair.simulator.hangUp(await pair.simulator.call());
    await quiet(pair.simulator, 100);
    expect(pair.requests).toEqual([]);
    await isPaused(pair);
  });

  it('may be passed over once by an urgent resume', async () => {
    const { pair } = await onePerson({ durations });
    Object.assign(pair.simulator.faults, { tooMany: 1, retryAfter: 60 });
    pair.simulator.hangUp(await pair.simulator.call());
    await quiet(pair.simulator, 100);
    // The first resume itself, and then nothing.
    expect(pair.requests).toEqual([WRITE]);
    pair.requests.length = 0;

    const third = await pair.simulator.call();
    await quiet(pair.simulator, 100);
    expect(pair.requests).toEqual([WRITE]);
    pair.simulator.hangUp(third);
    await pair.simulator.call();
    await quiet(pair.simulator, 100);
    expect(pair.requests).toEqual([WRITE]);
    Object.assign(pair.simulator.faults, NO_FAULTS);
    await isResumed(pair);
  });
});
