import { randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startService } from '../../src/service.js';
import { current } from '../../src/simulator/model/timeline.js';
import type { Simulator } from '../../src/simulator/simulator.js';
import { serveLaml } from '../support/serve-laml.js';
import {
  eventually,
  keepLog,
  liveConference,
  loopbackTunnel,
  quiet,
  settingsFor,
  startPair,
} from '../support/service-beside-simulator.js';
import { callSidsIn, headCount, recordingStatus, setRecording } from '../support/space-state.js';
import { fail, isPaused, isResumed, onePerson, twoPeople } from '../support/two-people.js';

/** Which of the conferences a caller is in. */
function conferenceOf(simulator: Simulator, { sid }: { sid: string }) {
  const conference = simulator.conferences().find((one) => callSidsIn(one).includes(sid));
  if (!conference) throw new Error('The caller is in no conference.');
  return conference;
}

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

  it('puts callers into the room of those who talk, though each request takes 1.5 s', async () => {
    const { pair } = await twoPeople();
    pair.simulator.latencyMs = 1500;
    const { port } = pair.service;
    await pair.service.close();
    // The caller comes as soon as it listens.
    const url = `http://127.0.0.1:${port}`;
    const restarted = pair.restart({ port, publicUrl: url });
    await eventually(async () => expect((await fetch(`${url}/healthz`)).status).toBe(200));
    const third = await pair.simulator.call({ url: `${url}/inbound` });
    expect(callSidsIn(liveConference(pair.simulator))).toContain(third.sid);
    await restarted;
  });

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
    await pair.restart();
    // Whether a room is named by a call is asked while callers come.
    await quiet(pair.simulator);
    await pair.simulator.call();
    expect(pair.simulator.conferences()).toHaveLength(2);
  });

  it('sends callers to the oldest of the rooms that were named by a caller', async () => {
    const pair = await startPair();
    // Another copy opens a room of its own.
    const other = await startService({
      settings: settingsFor(pair.simulator),
      log: keepLog().log,
      openTunnel: loopbackTunnel,
    });
    onTestFinished(() => other.close());
    const older = await pair.simulator.call();
    // Dates have whole seconds, and only by them can be told which is older.
    const second = Math.floor(Date.now() / 1000);
    await eventually(() => expect(Math.floor(Date.now() / 1000)).toBeGreaterThan(second));
    const newer = await pair.simulator.call({ url: `${other.publicUrl}/inbound` });
    expect(conferenceOf(pair.simulator, newer)).not.toBe(conferenceOf(pair.simulator, older));
    await pair.restart();
    const next = await pair.simulator.call();
    expect(conferenceOf(pair.simulator, next)).toBe(conferenceOf(pair.simulator, older));
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
