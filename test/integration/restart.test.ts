import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { serveLaml } from '../support/serve-laml.js';
import { eventually, liveConference, quiet, recordingStatus, startPair } from '../support/service-beside-simulator.js';
import { isPaused, statusOf, twoPeople } from '../support/two-people.js';

describe('a restart', () => {
  it('forgets nothing: neither the paused recording nor the room that callers join', async () => {
    const { pair, second } = await twoPeople();
    pair.simulator.hangUp(second);
    await isPaused(pair);
    // Its callbacks go to the service that is gone, as the first caller's document said.
    await pair.restart();
    await pair.simulator.call();
    expect(liveConference(pair.simulator).participants.size).toBe(2);
    await pair.restart();
    expect(statusOf(pair)).toBe('resumed');
  });

  it('finds a conference in which somebody still waits alone', async () => {
    const pair = await startPair();
    await pair.simulator.call();
    expect(liveConference(pair.simulator).status).toBe('init');
    await pair.restart();
    await pair.simulator.call();
    expect(liveConference(pair.simulator).participants.size).toBe(2);
  });

  it('does not miss a conference that begins while the first sweep lists them', async () => {
    const pair = await startPair();
    await pair.simulator.call();
    await quiet(pair.simulator);
    const { name } = liveConference(pair.simulator);
    const url = (await serveLaml()) + name;

    // The second person comes between the two lists, when nobody listens to callbacks.
    let lists = 0;
    pair.simulator.onCallback = () => {};
    pair.simulator.onRequest = async (request, handle) => {
      const answer = handle();
      if (request.path.endsWith('/Conferences') && ++lists === 1) await pair.simulator.call({ url });
      return answer;
    };
    await pair.restart();
    expect(liveConference(pair.simulator).participants.size).toBe(2);
    expect(await (await fetch(`${pair.service.publicUrl}/healthz`)).json()).toMatchObject({ conferences: 1 });
  });

  it('sends nobody to a room that was asked for by name, even if the name looks like a CallSid', async () => {
    const pair = await startPair();
    await pair.simulator.call({ url: `${pair.service.publicUrl}/inbound?room=${randomUUID()}` });
    await pair.restart();
    await pair.simulator.call();
    expect(pair.simulator.conferences()).toHaveLength(2);
  });

  it('sends callers to the oldest of the rooms that were named by a caller', async () => {
    const pair = await startPair();
    const older = await pair.simulator.call();
    await quiet(pair.simulator);
    // A second room of this kind comes about when the end of the first one is heard of wrongly.
    const { sid, name } = liveConference(pair.simulator);
    pair.simulator.onCallback = (callback, send) => {
      const end = { ConferenceSid: sid, FriendlyName: name, StatusCallbackEvent: 'conference-end' };
      Object.assign(callback.parameters, end);
      send();
    };
    await pair.simulator.call({ url: `${pair.service.publicUrl}/inbound?room=aside` });
    await quiet(pair.simulator);
    // Dates have whole seconds, and only by them can be told which is older.
    const second = Math.floor(Date.now() / 1000);
    await eventually(() => expect(Math.floor(Date.now() / 1000)).toBeGreaterThan(second));
    await pair.simulator.call();
    expect(pair.simulator.conferences()).toHaveLength(3);

    await pair.restart();
    await pair.simulator.call();
    const joined = pair.simulator.conferences().find(({ participants }) => participants.has(older.sid));
    expect(joined?.participants.size).toBe(2);
  });

  it('puts right what happened to fifty conferences meanwhile, before it listens', async () => {
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
      if (number % 3 === 1 && recording) recording.status = 'paused';
    }
    pair.simulator.latencyMs = 50;
    await pair.restart();
    const states = pair.simulator.conferences().map((conference) => recordingStatus(conference));
    const expected = Array.from({ length: 50 }, (_, number) => ['paused', 'resumed', 'in-progress'][number % 3]);
    expect(states).toEqual(expected);
    expect(pair.log.filter(({ level }) => level > 30)).toEqual([]);
  });
});
