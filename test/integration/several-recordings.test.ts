import { describe, expect, it } from 'vitest';
import type { Conference, Recording } from '../../src/simulator/model/resources.js';
import { current } from '../../src/simulator/model/timeline.js';
import { eventually, liveConference, type Pair } from '../support/service-beside-simulator.js';
import { addRecording, setRecording } from '../support/space-state.js';
import {
  countOf,
  fail,
  hold,
  isPaused,
  onePerson,
  post,
  READ_RECORDING,
  settled,
  statusOf,
  twoPeople,
  WRITE,
} from '../support/two-people.js';

// A conference with several recordings, of which the simulation knows nothing: somebody else starts and stops them.

function onlyRecording({ simulator }: Pair): { conference: Conference; recording: Recording } {
  const conference = liveConference(simulator);
  const [recording] = conference.recordings;
  if (!recording) throw new Error('There is no recording.');
  return { conference, recording };
}

const statusOfThis = ({ status }: Recording) => current(status);

describe('of several recordings', () => {
  it('the one is paused that runs, where the one that was known is over', async () => {
    const { pair, second } = await twoPeople();
    const { conference, recording } = onlyRecording(pair);
    setRecording(pair.simulator, recording, 'stopped');
    addRecording(pair.simulator, conference);
    pair.simulator.hangUp(second);
    await isPaused(pair);
    expect(statusOfThis(recording)).toBe('stopped');
  });

  it('the one is paused that a callback named, even beside a newer one', async () => {
    const { pair, second } = await twoPeople();
    const { conference, recording } = onlyRecording(pair);
    const newer = addRecording(pair.simulator, conference);
    pair.simulator.hangUp(second);
    await eventually(() => expect(statusOfThis(recording)).toBe('paused'));
    await settled(pair);
    expect(statusOfThis(newer)).toBe('in-progress');
  });

  it('the newest that is not over is paused, where no callback named one', async () => {
    const { pair, second } = await twoPeople();
    const { conference, recording } = onlyRecording(pair);
    const newest = addRecording(pair.simulator, conference);
    const over = addRecording(pair.simulator, conference);
    setRecording(pair.simulator, over, 'completed');
    newest.createdAt += 60_000;
    over.createdAt += 120_000;
    await pair.restart();
    pair.simulator.hangUp(second);
    await post(pair, `${pair.service.publicUrl}/callback`, {
      ConferenceSid: conference.sid,
      CallSid: second.sid,
      StatusCallbackEvent: 'participant-leave',
    });
    await eventually(() => expect(statusOfThis(newest)).toBe('paused'));
    expect([recording, over].map(statusOfThis)).toEqual(['in-progress', 'completed']);
  });

  it('what was read of one is not held against another that a callback names meanwhile', async () => {
    const { pair } = await twoPeople();
    const { conference, recording } = onlyRecording(pair);
    const reading = hold(pair, READ_RECORDING);
    setRecording(pair.simulator, recording, 'paused');
    const url = `${pair.service.publicUrl}/callback`;
    await post(pair, url, { ConferenceSid: conference.sid, StatusCallbackEvent: 'conference-start' });
    await reading.isThere;
    const { sid: RecordingSid } = addRecording(pair.simulator, conference);
    await post(pair, `${pair.service.publicUrl}/store_recording_sid`, {
      ConferenceSid: conference.sid,
      RecordingSid,
      RecordingStatus: 'in-progress',
    });
    reading.go();
    await settled(pair);
    expect(countOf(pair, WRITE)).toBe(0);
  });

  it.each([404, 422])('another one is paused, where the one that was known answers %i to that', async (status) => {
    const { pair, second } = await twoPeople();
    const { conference, recording: stuck } = onlyRecording(pair);
    const other = addRecording(pair.simulator, conference);
    pair.simulator.onRequest = ({ method, path }, handle) =>
      method === 'POST' && path.includes(stuck.sid) ? { status, body: { errors: ['It is stuck.'] } } : handle();
    pair.simulator.hangUp(second);
    await eventually(() => expect(statusOfThis(other)).toBe('paused'));
    expect(statusOfThis(stuck)).toBe('in-progress');
  });
});

describe('a recording that somebody else stopped', () => {
  it('is tried a few times to be resumed, then let be, and given up for another one', async () => {
    const { pair } = await onePerson();
    const { conference, recording } = onlyRecording(pair);
    setRecording(pair.simulator, recording, 'stopped');
    const third = await pair.simulator.call();
    await settled(pair);
    expect(countOf(pair, WRITE)).toBeGreaterThanOrEqual(1);
    expect(countOf(pair, WRITE)).toBeLessThanOrEqual(5);

    const another = addRecording(pair.simulator, conference);
    pair.simulator.hangUp(third);
    await eventually(() => expect(statusOfThis(another)).toBe('paused'));
  });
});

it('a recording whose every change is refused is tried again once something happens', async () => {
  const { pair, second } = await twoPeople();
  const refused = fail(pair, 404, WRITE);
  pair.simulator.hangUp(second);
  await eventually(() => expect(countOf(pair, WRITE)).toBeGreaterThan(3));
  await settled(pair);
  refused.heal();
  expect(statusOf(pair)).toBe('in-progress');
  const conference = { ConferenceSid: liveConference(pair.simulator).sid, StatusCallbackEvent: 'conference-start' };
  await post(pair, `${pair.service.publicUrl}/callback`, conference);
  await isPaused(pair);
});
