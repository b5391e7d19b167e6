import { expect, it } from 'vitest';
import { eventually, liveConference, type Pair } from '../support/service-beside-simulator.js';
import { isPaused, isResumed, onePerson, post, settled, twoPeople } from '../support/two-people.js';

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
  const { pair, second } = await twoPeople({ settings: { sweepIntervalMs: 100 } });
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
