import { describe, expect, it } from 'vitest';
import { eventually, liveConference } from '../support/service-beside-simulator.js';
import {
  countOf,
  fail,
  isPaused,
  isResumed,
  known,
  onePerson,
  READ_CONFERENCES,
  READ_LIST,
  READ_RECORDING,
  said,
  settled,
  statusOf,
  twoPeople,
  WRITE,
  watchInFlight,
} from '../support/two-people.js';

describe('an API that fails in part', () => {
  it.each([
    ['503', READ_LIST],
    ['503', READ_RECORDING],
    ['429', READ_LIST],
  ])('with %s to %s pauses nothing on a guess, and is made good when it works again', async (status, kind) => {
    const { pair, second } = await twoPeople();
    const outage = fail(pair, Number(status), kind);
    pair.simulator.hangUp(second);
    await eventually(() => expect(countOf(pair, kind)).toBeGreaterThan(3));
    expect(statusOf(pair)).toBe('in-progress');
    outage.heal();
    await isPaused(pair);
  });

  it('that loses a pause is asked again until it takes it', async () => {
    const { pair, second } = await twoPeople();
    const outage = fail(pair, 503, WRITE);
    pair.simulator.hangUp(second);
    await eventually(() => expect(countOf(pair, WRITE)).toBeGreaterThan(2));
    outage.heal();
    await isPaused(pair);
  });

  it('that loses a resume is asked again, also while it answers no reads', async () => {
    const { pair } = await onePerson();
    const outage = fail(pair, 503, WRITE, READ_LIST, READ_RECORDING);
    await pair.simulator.call();
    await eventually(() => expect(countOf(pair, WRITE)).toBeGreaterThan(0));
    outage.heal();
    const reads = fail(pair, 503, READ_LIST, READ_RECORDING);
    await isResumed(pair);
    reads.heal();
    await settled(pair);
    expect(statusOf(pair)).toBe('resumed');
  });

  it('that loses each resume does not hide that everybody has gone', async () => {
    const { pair } = await onePerson({ settings: { sweepIntervalMs: 0 } });
    fail(pair, 503, WRITE);
    await pair.simulator.call();
    await eventually(() => expect(countOf(pair, WRITE)).toBeGreaterThan(1));
    pair.simulator.onCallback = () => {};
    for (const { call } of liveConference(pair.simulator).participants.values()) pair.simulator.hangUp(call);
    await eventually(async () => expect(await known(pair)).toBe(0));
  });

  it('takes no more than one retry at a time of a conference', async () => {
    const { pair, second } = await twoPeople();
    fail(pair, 503, READ_LIST);
    const lists = watchInFlight(pair, READ_LIST);
    pair.simulator.latencyMs = 20;
    pair.simulator.hangUp(second);
    await eventually(() => expect(countOf(pair, READ_LIST)).toBeGreaterThan(5));
    expect(lists.most).toBe(1);
  });

  it('with refused credentials is spoken of loudly', async () => {
    const { pair, second } = await twoPeople({ settings: { sweepIntervalMs: 200 } });
    fail(pair, 401, READ_LIST, READ_RECORDING, WRITE, READ_CONFERENCES);
    pair.simulator.hangUp(second);
    await eventually(() => expect(countOf(pair, READ_LIST)).toBeGreaterThan(5));
    expect(said(pair)).toEqual(['error SignalWire refuses our credentials: …']);
  });

  it('does not end the sweeps', async () => {
    const { pair, second } = await twoPeople({ settings: { sweepIntervalMs: 100 } });
    const outage = fail(pair, 503, READ_CONFERENCES);
    pair.requests.length = 0;
    await eventually(() => expect(countOf(pair, READ_CONFERENCES)).toBeGreaterThan(2));
    pair.simulator.onCallback = () => {};
    outage.heal();
    pair.simulator.hangUp(second);
    await isPaused(pair);
  });
});
