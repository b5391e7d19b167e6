import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { current } from '../../src/simulator/model/timeline.js';
import { eventually } from '../support/eventually.js';
import { linesFrom } from '../support/log.js';
import { serveLaml } from '../support/serve-laml.js';
import { liveConference, startPair } from '../support/service-beside-simulator.js';
import { callSidsIn, headCount, recordingStatus, setRecording } from '../support/space-state.js';
import { fail, givenOnePerson, givenTwoPeople, isPaused, isResumed } from '../support/two-people.js';

describe('a restart', () => {
  it('forgets neither the paused recording nor the room that callers join', async () => {
    const { pair } = await givenOnePerson();
    // Callbacks still go to the stopped service, because the conference keeps the URLs of the first caller's LaML.
    await pair.restart();
    await pair.simulator.call();
    expect(headCount(liveConference(pair.simulator))).toBe(2);
    await pair.restart();
    await isResumed(pair);
  });

  it.each(['accepted', 'refused'] as const)(
    'finds a conference in which somebody waits alone if the filter by the status init is %s',
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

  it('works even if SignalWire refuses the status init and fails to read calls', async () => {
    const { pair } = await givenTwoPeople({ settings: { resyncIntervalMs: 100 } });
    pair.simulator.traits.initFilter = 'refused';
    fail(pair, 503, 'GET Calls');
    await pair.restart();
    const third = await pair.simulator.call();
    const conference = liveConference(pair.simulator);
    expect(callSidsIn(conference)).toContain(third.sid);
    // Resyncs go on as well: they find what no callback reports.
    pair.simulator.onCallback = () => {};
    for (const { call } of conference.participants.slice(1)) pair.simulator.hangUp(call);
    await isPaused(pair);
  });

  it('sends nobody to a named room, even if its name looks like a CallSid', async () => {
    const pair = await startPair();
    await pair.simulator.call({ url: `${pair.service.publicUrl}/inbound?room=${randomUUID()}` });
    pair.requests.length = 0;
    await pair.restart();
    // The service checks whether there is a call with that SID.
    await eventually(() => expect(pair.requests).toContain('GET Calls'));
    await pair.simulator.call();
    expect(pair.simulator.conferences()).toHaveLength(2);
  });

  it('corrects the recordings of fifty conferences that changed meanwhile', async () => {
    const pair = await startPair();
    await pair.service.close();
    const laml = await serveLaml();
    const roomOf = (number: number) => `${laml}recorded-${number}`;
    for (let number = 0; number < 50; number += 1) {
      await pair.simulator.call({ url: roomOf(number) });
      const second = await pair.simulator.call({ url: roomOf(number) });
      // In some, one person is left and the recording is running. In others, two people are in and it is paused.
      if (number % 3 === 0) pair.simulator.hangUp(second);
      const recording = pair.simulator.conferences()[number]?.recordings[0];
      if (number % 3 === 1 && recording) setRecording(pair.simulator, recording, 'paused');
    }
    pair.simulator.latencyMs = 50;
    await pair.restart();
    const expected = Array.from({ length: 50 }, (_, number) => ['paused', 'resumed', 'in-progress'][number % 3]);
    await eventually(() => expect(pair.simulator.conferences().map(recordingStatus)).toEqual(expected));
    expect(linesFrom('warn', pair.log)).toEqual([]);
  });
});
