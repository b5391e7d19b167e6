import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { newRecording } from '../../src/simulator/model.js';
import { eventually, kindOf, liveConference } from '../support/service-beside-simulator.js';
import {
  countOf,
  isPaused,
  isResumed,
  onePerson,
  post,
  READ_RECORDING,
  settled,
  twoPeople,
  WRITE,
} from '../support/two-people.js';

describe('words that are not expected', () => {
  it.each(['participant-dance', 'conference-start\0', '', 'PARTICIPANT-JOIN'])(
    'a callback of the event %j is taken, and changes nothing',
    async (event) => {
      const { pair } = await onePerson();
      const url = `${pair.service.publicUrl}/callback`;
      const form = {
        ConferenceSid: liveConference(pair.simulator).sid,
        CallSid: randomUUID(),
        StatusCallbackEvent: event,
      };
      expect(await post(pair, url, form)).toBe(200);
      await settled(pair);
      expect(countOf(pair, WRITE)).toBe(0);
    },
  );

  it.each(['resumed', 'queued', 'humming'])(
    'a recording that is said to be %j is taken for one that runs',
    async (word) => {
      const { pair, second } = await twoPeople();
      pair.simulator.onRequest = (request, handle) => {
        const answer = handle();
        if (kindOf(request) !== READ_RECORDING) return answer;
        return {
          ...answer,
          body: JSON.parse(JSON.stringify(answer.body).replaceAll(/"(in-progress|resumed)"/g, `"${word}"`)),
        };
      };
      pair.simulator.hangUp(second);
      await isPaused(pair);
      await pair.simulator.call();
      await isResumed(pair);
      await settled(pair);
      expect(countOf(pair, WRITE)).toBe(2);
    },
  );

  it('a recording that somebody else stopped is let be, until there is another one', async () => {
    const { pair, second } = await twoPeople();
    const conference = liveConference(pair.simulator);
    for (const recording of conference.recordings) recording.status = 'stopped';
    pair.simulator.hangUp(second);
    await settled(pair);
    await pair.simulator.call();
    await settled(pair);
    expect(countOf(pair, WRITE)).toBe(0);
    expect(pair.log.filter(({ level }) => level > 30)).toEqual([]);

    const another = newRecording('do-not-trim');
    conference.recordings.unshift(another);
    for (const { call } of [...conference.participants.values()].slice(1)) pair.simulator.hangUp(call);
    await eventually(() => expect(another.status).toBe('paused'));
  });

  it('of two recordings that no callback named, the newest that is not over is ours', async () => {
    const { pair, second } = await twoPeople();
    const conference = liveConference(pair.simulator);
    const [first] = conference.recordings;
    const newest = { ...newRecording('do-not-trim'), createdAt: new Date(Date.now() + 60_000) };
    const over = {
      ...newRecording('do-not-trim'),
      createdAt: new Date(Date.now() + 120_000),
      status: 'completed' as const,
    };
    conference.recordings.unshift(over, newest);
    await pair.restart();
    for (const { call } of [...conference.participants.values()].slice(1)) pair.simulator.hangUp(call);
    await post(pair, `${pair.service.publicUrl}/callback`, {
      ConferenceSid: conference.sid,
      CallSid: second.sid,
      StatusCallbackEvent: 'participant-leave',
    });
    await eventually(() => expect(newest.status).toBe('paused'));
    expect([first?.status, over.status]).toEqual(['in-progress', 'completed']);
  });
});
