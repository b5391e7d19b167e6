import { expect, it } from 'vitest';
import { eventually, liveConference, type Pair } from '../support/service-beside-simulator.js';
import { setRecording } from '../support/space-state.js';
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
const recordingLines = ({ log }: Pair) => log.filter(({ level, msg }) => level === 30 && msg.startsWith('recording '));
const lines = (pair: Pair) => recordingLines(pair).map(({ msg }) => msg);

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

  const [began, paused, resumed, ...more] = recordingLines(pair);
  expect(more).toEqual([]);
  expect(began).toMatchObject({ msg: 'recording began', conferenceSid, recordingSid, people: 2 });
  const about = { conferenceSid, friendlyName, recordingSid, msSinceCallback: expect.any(Number) };
  expect(paused).toMatchObject({ msg: 'recording paused', ...about, people: 1, read: 'in-progress', because: 'leave' });
  expect(resumed).toMatchObject({ msg: 'recording resumed', ...about, people: 2, read: 'paused', because: 'join' });
});

it('the line on a change that only a resync found says so', async () => {
  // Without settling reads, which may come first.
  const durations = { ...FAST, settle: 60_000 };
  const { pair, second } = await twoPeople({ settings: { resyncIntervalMs: 100 }, durations });
  pair.simulator.onCallback = () => {};
  pair.simulator.hangUp(second);
  await isPaused(pair);
  await eventually(() => expect(lines(pair)).toEqual(['recording began', 'recording paused']));
  expect(recordingLines(pair)[1]).toMatchObject({ because: 'resync', people: 1 });
  expect(recordingLines(pair)[1]).not.toHaveProperty('msSinceCallback');
});

it('a callback that comes twice is logged once', async () => {
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

it('a recording of which no callback came is logged when it is found, as after a restart', async () => {
  const { pair } = await onePerson();
  await pair.restart();
  expect(lines(pair)).toEqual(['recording began', 'recording paused', 'recording found paused']);
});

it('what somebody else did to a recording is logged when it is found', async () => {
  const { pair } = await twoPeople({ settings: { resyncIntervalMs: 100 } });
  const { recordings } = liveConference(pair.simulator);
  const [recording] = recordings;
  if (!recording) throw new Error('There is no recording.');
  setRecording(pair.simulator, recording, 'paused');
  await isResumed(pair);
  await eventually(() =>
    expect(lines(pair)).toEqual(['recording began', 'recording found paused', 'recording resumed']),
  );
  // A read confirms the resume before the recording is stopped.
  const logged = () => pair.log.map(({ msg }) => msg);
  await eventually(() => expect(logged().slice(logged().indexOf('recording resumed'))).toContain('read'));
  setRecording(pair.simulator, recording, 'stopped');
  await eventually(() => expect(lines(pair).at(-1)).toBe('recording found over'));
});

it.each([404, 422])('a recording that cannot be changed (%i) has not changed, and no line says so', async (status) => {
  const { pair, second } = await twoPeople();
  fail(pair, status, WRITE);
  pair.simulator.hangUp(second);
  await eventually(() => expect(countOf(pair, WRITE)).toBeGreaterThan(3));
  await settled(pair);
  expect(lines(pair)).toEqual(['recording began']);
});

it('the line on a pause says how many were in when the pause was sent', async () => {
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
  expect(recordingLines(pair)).toContainEqual(
    expect.objectContaining({ msg: 'recording paused', people: 1, because: 'leave' }),
  );
  expect(recordingLines(pair)).toContainEqual(
    expect.objectContaining({ msg: 'recording resumed', people: 2, because: 'join' }),
  );
});

it('a callback that comes during a resync is the reason for what follows', async () => {
  const durations = { ...FAST, settle: 60_000 };
  const { pair, second } = await twoPeople({ settings: { resyncIntervalMs: 300 }, durations });
  const reading = hold(pair, READ_LIST);
  await reading.isThere;
  pair.simulator.hangUp(second);
  await eventually(() => expect(pair.log).toContainEqual(expect.objectContaining({ msg: 'participant left' })));
  reading.go();
  await isPaused(pair);
  await eventually(() => expect(recordingLines(pair)[1]).toMatchObject({ msg: 'recording paused', because: 'leave' }));
});

it('a callback stays the reason for what it asked for, though resyncs are due before that succeeds', async () => {
  const durations = { ...FAST, settle: 60_000 };
  const { pair, second } = await twoPeople({ settings: { resyncIntervalMs: 100 }, durations });
  const failing = fail(pair, 503, READ_LIST);
  // None that was answered well is under way any more.
  const reads = countOf(pair, READ_LIST);
  await eventually(() => expect(countOf(pair, READ_LIST)).toBeGreaterThan(reads + 1));
  pair.simulator.hangUp(second);
  const lists = countOf(pair, READ_CONFERENCES);
  await eventually(() => expect(countOf(pair, READ_CONFERENCES)).toBeGreaterThan(lists + 4));
  failing.heal();
  await isPaused(pair);
  await eventually(() => expect(recordingLines(pair)[1]).toMatchObject({ msg: 'recording paused', because: 'leave' }));
  expect(recordingLines(pair)[1]?.msSinceCallback).toBeGreaterThan(100);
});
