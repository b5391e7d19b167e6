import { expect, it } from 'vitest';
import { eventually, liveConference, type Pair } from '../support/service-beside-simulator.js';
import {
  countOf,
  FAST,
  fail,
  hold,
  isPaused,
  isResumed,
  onePerson,
  post,
  READ_CONFERENCES,
  READ_LIST,
  settled,
  twoPeople,
  WRITE,
} from '../support/two-people.js';

/** What the log says, at info, of recordings. */
const told = ({ log }: Pair) => log.filter(({ level, msg }) => level === 30 && msg.startsWith('recording '));
const lines = (pair: Pair) => told(pair).map(({ msg }) => msg);

it('one line for each change of a recording says why', async () => {
  const { pair, second } = await twoPeople();
  const { sid: conferenceSid, name: friendlyName, recordings } = liveConference(pair.simulator);
  const recordingSid = recordings[0]?.sid;
  pair.simulator.hangUp(second);
  await isPaused(pair);
  await settled(pair);
  await pair.simulator.call();
  await isResumed(pair);
  await settled(pair);

  const [began, paused, resumed, ...more] = told(pair);
  expect(more).toEqual([]);
  expect(began).toMatchObject({ msg: 'recording began', conferenceSid, recordingSid, people: 2 });
  const about = { conferenceSid, friendlyName, recordingSid, msSinceCallback: expect.any(Number) };
  expect(paused).toMatchObject({ msg: 'recording paused', ...about, people: 1, read: 'in-progress', because: 'leave' });
  expect(resumed).toMatchObject({ msg: 'recording resumed', ...about, people: 2, read: 'paused', because: 'join' });
});

it('a change that only a sweep made is told as such', async () => {
  // Without the looks that settle, which may come first.
  const durations = { ...FAST, settle: 60_000 };
  const { pair, second } = await twoPeople({ settings: { sweepIntervalMs: 100 }, durations });
  pair.simulator.onCallback = () => {};
  pair.simulator.hangUp(second);
  await isPaused(pair);
  await eventually(() => expect(lines(pair)).toEqual(['recording began', 'recording paused']));
  expect(told(pair)[1]).toMatchObject({ because: 'sweep', people: 1 });
  expect(told(pair)[1]).not.toHaveProperty('msSinceCallback');
});

it('a callback that comes twice is told once', async () => {
  const { pair } = await twoPeople();
  const { sid, recordings } = liveConference(pair.simulator);
  await post(pair, `${pair.service.publicUrl}/store_recording_sid`, {
    ConferenceSid: sid,
    RecordingSid: recordings[0]?.sid ?? '',
    RecordingStatus: 'in-progress',
  });
  await settled(pair);
  expect(lines(pair)).toEqual(['recording began']);
});

it('a recording that no callback told of is told when it is found, as after a restart', async () => {
  const { pair } = await onePerson();
  await pair.restart();
  expect(lines(pair)).toEqual(['recording began', 'recording paused', 'recording found paused']);
});

it('what somebody else did to a recording is told when it is found', async () => {
  const { pair } = await twoPeople({ settings: { sweepIntervalMs: 100 } });
  const { recordings } = liveConference(pair.simulator);
  const [recording] = recordings;
  if (!recording) throw new Error('There is no recording.');
  recording.status = 'paused';
  await isResumed(pair);
  await eventually(() =>
    expect(lines(pair)).toEqual(['recording began', 'recording found paused', 'recording resumed']),
  );
  recording.status = 'stopped';
  await eventually(() => expect(lines(pair).at(-1)).toBe('recording found over'));
});

it.each([404, 422])('a recording that cannot be changed (%i) has not changed, and no line says so', async (status) => {
  const { pair, second } = await twoPeople();
  fail(pair, status, WRITE);
  pair.simulator.hangUp(second);
  await eventually(() => expect(countOf(pair, WRITE)).toBeGreaterThan(5));
  expect(lines(pair)).toEqual(['recording began']);
});

it('a pause says who was in when it was sent, whoever comes meanwhile', async () => {
  const { pair, second } = await twoPeople();
  const pausing = hold(pair, WRITE);
  pair.simulator.hangUp(second);
  await pausing.isThere;
  const joined = pair.simulator.call();
  await eventually(() => expect(pair.log.filter(({ msg }) => msg === 'participant joined')).toHaveLength(3));
  pausing.go();
  await joined;
  await isResumed(pair);
  await settled(pair);
  // The answers may come in any order.
  expect(told(pair)).toContainEqual(expect.objectContaining({ msg: 'recording paused', people: 1, because: 'leave' }));
  expect(told(pair)).toContainEqual(expect.objectContaining({ msg: 'recording resumed', people: 2, because: 'join' }));
});

it('a callback that comes while a sweep looks is the reason for what follows', async () => {
  const durations = { ...FAST, settle: 60_000 };
  const { pair, second } = await twoPeople({ settings: { sweepIntervalMs: 300 }, durations });
  const looking = hold(pair, READ_LIST);
  await looking.isThere;
  pair.simulator.hangUp(second);
  await eventually(() => expect(pair.log.at(-1)?.msg).toBe('participant left'));
  looking.go();
  await isPaused(pair);
  await eventually(() => expect(told(pair)[1]).toMatchObject({ msg: 'recording paused', because: 'leave' }));
});

it('what a callback asked for is laid to it also when a sweep comes by before it is done', async () => {
  const durations = { ...FAST, settle: 60_000 };
  const { pair, second } = await twoPeople({ settings: { sweepIntervalMs: 100 }, durations });
  const failing = fail(pair, 503, READ_LIST);
  pair.simulator.hangUp(second);
  const swept = countOf(pair, READ_CONFERENCES);
  await eventually(() => expect(countOf(pair, READ_CONFERENCES)).toBeGreaterThan(swept + 2));
  failing.heal();
  await isPaused(pair);
  await eventually(() => expect(told(pair)[1]).toMatchObject({ msg: 'recording paused', because: 'leave' }));
  expect(told(pair)[1]?.msSinceCallback).toBeGreaterThan(100);
});
