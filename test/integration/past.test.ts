import pino from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { startService } from '../../src/service.js';
import { startSimulator } from '../../src/simulator/simulator.js';
import { bytesInUse } from '../support/garbage.js';
import { loopbackTunnel, settingsFor } from '../support/service-beside-simulator.js';
import { FAST, known } from '../support/two-people.js';

/** How many conferences come and go; with some thousands the memory is looked at closely. */
const CONFERENCES = Number(process.env.PAST_CONFERENCES ?? 120);
const AT_ONCE = 20;

it('the past costs nothing: conferences that have come and gone leave nothing behind', {
  timeout: 120_000 + CONFERENCES * 50,
}, async () => {
  const simulator = await startSimulator();
  onTestFinished(() => simulator.close());
  const settings = settingsFor(simulator, { sweepIntervalMs: 500 });
  const log = pino({ level: 'silent' });
  const service = await startService({ settings, log, openTunnel: loopbackTunnel, durations: FAST });
  onTestFinished(() => service.close());

  // Of every other conference nobody hears that people left, nor that it ended: the sweep finds that.
  const isUnreported = ({ FriendlyName = '' }: Record<string, string>) => /[13579]$/.test(FriendlyName);
  simulator.onCallback = ({ parameters }, send) => {
    const isDeparture = /leave|end$/.test(parameters.StatusCallbackEvent ?? '');
    if (!isDeparture || !isUnreported(parameters)) send();
  };

  async function comeAndGo(room: number): Promise<void> {
    const url = `${service.publicUrl}/inbound?room=${room}`;
    const calls = [await simulator.call({ url }), await simulator.call({ url })];
    for (const call of calls) simulator.hangUp(call);
  }

  let room = 0;
  let cameAndWent = 0;
  async function until(conferences: number): Promise<void> {
    const inTurn = async () => {
      while (room < conferences) await comeAndGo(room++);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, inTurn));
    await expect.poll(() => known({ service }), { timeout: 60_000 }).toBe(0);
    cameAndWent += simulator.conferences().length;
    simulator.forgetPast();
  }

  await until(CONFERENCES / 2);
  const before = bytesInUse();
  await until(CONFERENCES);
  expect(cameAndWent).toBe(CONFERENCES);
  // Each request's time-out is kept until its time is up, which takes some seconds, and each connection for a minute; a
  // process breathes a little. What we know of a conference would be a kilobyte or more for each, and stay.
  await expect
    .poll(() => bytesInUse() - before, { timeout: 70_000, interval: 500 })
    .toBeLessThan(1_000_000 + CONFERENCES * 50);
});
