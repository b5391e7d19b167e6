import request from 'supertest';
import { expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { liveConference } from '../support/service-beside-simulator.js';
import { feedOf, onlyLive, PASSWORD } from '../support/status.js';
import { FAST, fail, givenOnePerson, givenTwoPeople, isResumed, WRITE } from '../support/two-people.js';

// What GET /conferences says of whether everything is recorded that should be.

const options = { settings: { statusPassword: PASSWORD }, durations: { ...FAST, tolerated: 200 } };
const TIME = expect.stringMatching(/^20\d\d-.*Z$/);

it('the verdict of the feed turns while a resume is refused, and back', async () => {
  const { pair } = await givenOnePerson(options);
  expect(await feedOf(pair)).toMatchObject({ verdict: { ok: true, problems: [] }, signalWireAnsweredAt: TIME });
  const calm = { desired: 'paused', observed: 'paused', wrongSince: null };
  expect(await onlyLive(pair)).toMatchObject(calm);

  const refusal = fail(pair, 422, WRITE);
  await pair.simulator.call();
  const { verdict } = await eventually(async () => {
    const feed = await feedOf(pair);
    expect(feed.verdict.ok).toBe(false);
    return feed;
  });
  const { sid: conferenceSid } = liveConference(pair.simulator);
  expect(verdict.problems).toEqual([
    { kind: 'recording', conferenceSid, since: TIME, sentence: expect.stringContaining('What they say may be lost.') },
  ]);
  const [recording] = liveConference(pair.simulator).recordings;
  const { since: wrongSince } = verdict.problems[0] ?? {};
  const state = { desired: 'in-progress', observed: 'paused', wrongSince, recordingSid: recording?.sid };
  expect(await onlyLive(pair)).toMatchObject(state);

  refusal.heal();
  await isResumed(pair);
  await eventually(async () => expect((await feedOf(pair)).verdict).toEqual({ ok: true, problems: [] }));
});

it('the feed has the signed calls that were refused, and no others', async () => {
  const { pair } = await givenTwoPeople(options);
  const url = `${pair.service.publicUrl}/inbound`;
  await request(url).post('').type('form').send({ CallSid: 'a' }).expect(403);
  expect(await feedOf(pair)).toMatchObject({ refusedCalls: null });
  const forged = () => request(url).post('').set('x-signalwire-signature', 'forged').type('form');
  await forged().send({ CallSid: 'a' }).expect(403);
  await forged().send({ CallSid: 'b' }).expect(403);
  await eventually(async () =>
    expect((await feedOf(pair)).refusedCalls).toEqual({
      count: 2,
      lastAt: TIME,
      lastReason: expect.stringContaining('signature'),
    }),
  );
});

it('the feed numbers the callers, and tells what became of each recording', async () => {
  const { pair, first, second } = await givenTwoPeople(options);
  const { callers } = await onlyLive(pair);
  expect(callers.map(({ number }) => number)).toEqual([1, 2]);
  // The callback of the second may overtake that of the first.
  expect(callers.map(({ callSid }) => callSid).toSorted()).toEqual([first.sid, second.sid].toSorted());
  const [recording] = liveConference(pair.simulator).recordings;
  pair.simulator.hangUp(first);
  pair.simulator.hangUp(second);
  const recordings = await eventually(async () => {
    const [finished] = (await feedOf(pair)).finished;
    expect(finished?.recordings).toHaveLength(1);
    return finished?.recordings;
  });
  expect(recordings).toMatchObject([
    { recordingSid: recording?.sid, status: 'completed', url: expect.stringContaining('http'), unknown: null },
  ]);
});
