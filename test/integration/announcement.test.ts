import { expect, it } from 'vitest';
import { activeParticipants } from '../../src/simulator/model/resources.js';
import { eventually } from '../support/eventually.js';
import { settingsFor, spaceOf, startPair } from '../support/service-beside-simulator.js';

const HEARD = 'Dieser Anruf wird aufgezeichnet: "Müller & Söhne".';

/** A service with an announcement that takes so many milliseconds, and what its callers have heard so far. */
async function start(announcementMs: number) {
  const heard: [string, string][] = [];
  const pair = await startPair({
    settings: { announcement: { say: HEARD, language: 'de-DE' } },
    announcementMs,
    before: ({ events }) => events.on('announcement', ({ sid }, text) => heard.push([sid, text])),
  });
  return { ...pair, heard };
}

it('a caller hears the announcement before joining', async () => {
  const { simulator, heard } = await start(20);
  const call = await simulator.call();
  expect(heard).toEqual([[call.sid, HEARD]]);
  expect(simulator.conferences()).toHaveLength(1);
});

it('somebody who is called hears it, too', async () => {
  const { simulator, service, heard } = await start(20);
  const space = spaceOf(settingsFor(simulator));
  const url = `${service.publicUrl}/inbound`;
  const sid = await space.placeCall({ to: '+15551234567', from: simulator.phoneNumber, url });
  await eventually(() => expect(simulator.conferences()).toHaveLength(1));
  expect(heard).toEqual([[sid, HEARD]]);
});

it('somebody who is still listening is not in yet, and meets those who come meanwhile', async () => {
  const { simulator, heard } = await start(300);
  const calls = [simulator.call(), simulator.call()];
  await eventually(() => expect(heard).toHaveLength(2));
  expect(simulator.conferences()).toEqual([]);
  await Promise.all(calls);
  expect(simulator.conferences().map((conference) => activeParticipants(conference).length)).toEqual([2]);
});

it('somebody who hangs up while listening never joins', async () => {
  const { simulator, heard } = await start(100);
  const call = simulator.call();
  await eventually(() => expect(heard).toHaveLength(1));
  for (const one of simulator.model.calls.values()) simulator.hangUp(one);
  await call;
  expect(simulator.conferences()).toEqual([]);
});
