import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { current } from '../../src/simulator/model/timeline.js';
import { serveLaml } from '../support/serve-laml.js';
import { eventually, liveConference, startPair } from '../support/service-beside-simulator.js';
import { callSidsIn, headCount, recordingStatus, setRecording } from '../support/space-state.js';
import { fail, isPaused, isResumed, onePerson, twoPeople } from '../support/two-people.js';

describe('a restart', () => {
  it('forgets nothing: neither the paused recording nor the room that callers join', async () => {
    const { pair } = await onePerson();
    // Callbacks go to the service that is gone, as the first caller's document says.
    await pair.restart();
    await pair.simulator.call();
    expect(headCount(liveConference(pair.simulator))).toBe(2);
    await pair.restart();
    await isResumed(pair);
  });

  it.each(['accepted', 'refused'] as const)(
    'finds a conference in which somebody waits alone, where the filter by the status init is %s',
    async (initFilter) => {
      const pair = await startPair();
      pair.simulator.traits.initFilter = initFilter;
      await pair.simulator.call();
      expect(current(liveConference(pair.simulator).status)).toBe('waiting');
      await pair.restart();
      await pair.simulator.call();
      expect(headCount(liveConference(pair.simulator))).toBe(2);
    },
  );

  it('goes on though SignalWire refuses the status init and fails to answer on calls', async () => {
    const { pair } = await twoPeople({ settings: { resyncIntervalMs: 100 } });
    pair.simulator.traits.initFilter = 'refused';
    fail(pair, 503, 'GET Calls');
    await pair.restart();
    const third = await pair.simulator.call();
    const conference = liveConference(pair.simulator);
    expect(callSidsIn(conference)).toContain(third.sid);
    // And resyncs go on, for what no callback tells.
    pair.simulator.onCallback = () => {};
    for (const { call } of conference.participants.slice(1)) pair.simulator.hangUp(call);
    await isPaused(pair);
  });

  it('sends nobody to a room that was asked for by name, even if the name looks like a CallSid', async () => {
    const pair = await startPair();
    await pair.simulator.call({ url: `${pair.service.publicUrl}/inbound?room=${randomUUID()}` });
    pair.requests.length = 0;
    await pair.restart();
    // Whether a call of that SID is there has been asked.
    await eventually(() => expect(pair.requests).toContain('GET Calls'));
    await pair.simulator.call();
    expect(pair.simulator.conferences()).toHaveLength(2);
  });

  it('puts right what happened to fifty conferences meanwhile', async () => {
    const pair = await startPair();
    await pair.service.close();
    const laml = await serveLaml();
    const roomOf = (number: number) => `${laml}recorded-${number}`;
    for (let number = 0; number < 50; number += 1) {
      await pair.simulator.call({ url: roomOf(number) });
      const second = await pair.simulator.call({ url: roomOf(number) });
      // Some are left alone, some are back in a conference that was paused.
      if (number % 3 === 0) pair.simulator.hangUp(second);
      const recording = pair.simulator.conferences()[number]?.recordings[0];
      if (number % 3 === 1 && recording) setRecording(pair.simulator, recording, 'paused');
    }
    pair.simulator.latencyMs = 50;
    await pair.restart();
    const expected = Array.from({ length: 50 }, (_, number) => ['paused', 'resumed', 'in-progress'][number % 3]);
    await eventually(() => expect(pair.simulator.conferences().map(recordingStatus)).toEqual(expected));
    expect(pair.log.filter(({ level }) => level > 30)).toEqual([]);
  });
});
