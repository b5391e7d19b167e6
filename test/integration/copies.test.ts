import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startService } from '../../src/service.js';
import type { Settings } from '../../src/settings.js';
import { chance } from '../../src/simulator/chance.js';
import type { Faults } from '../../src/simulator/faults.js';
import type { Call } from '../../src/simulator/model.js';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.js';
import { startBalancer } from '../support/balancer.js';
import { eventually, keepLog, quiet, settingsFor } from '../support/service-beside-simulator.js';
import { FAST } from '../support/two-people.js';
import { wrong } from '../support/wrong.js';

const ROOMS = 6;

async function startCopies(copies: number, changes: Partial<Settings>): Promise<{ simulator: Simulator; url: string }> {
  const simulator = await startSimulator();
  onTestFinished(() => simulator.close());
  const balancer = await startBalancer();
  onTestFinished(() => balancer.close());
  const { log } = keepLog();
  const settings = settingsFor(simulator, { publicUrl: balancer.url, ...changes });
  for (let copy = 0; copy < copies; copy += 1) {
    const service = await startService({ settings, log, durations: { ...FAST, drain: 300 } });
    onTestFinished(() => service.close());
    balancer.ports.push(service.port);
  }
  return { simulator, url: balancer.url };
}

/** People come and go, as the seed says; in the end some rooms have one in, some more. */
async function comeAndGo(simulator: Simulator, url: string, seed: number): Promise<void> {
  const present: Call[][] = Array.from({ length: ROOMS }, () => []);
  for (let step = 0; step < 90; step += 1) {
    const number = Math.floor(chance(seed, 'room', step) * ROOMS);
    const room = present[number] ?? [];
    const leaves = room.length > 1 && chance(seed, 'leaves', step) < 0.5;
    if (leaves)
      for (const call of room.splice(Math.floor(chance(seed, 'who', step) * room.length), 1)) simulator.hangUp(call);
    else room.push(await simulator.call({ url: `${url}/inbound?room=${number}` }));
    // Not a wait for anything: people come in bursts.
    if (chance(seed, 'pause', step) < 0.3) await delay(30);
  }
}

describe('three copies behind a round-robin balancer', () => {
  it.each<[string, number, Partial<Faults>]>([
    ['without the sweep', 0, {}],
    [
      'without the sweep, with callbacks late, twice and out of order',
      0,
      { delay: 0.3, delayMs: 150, double: 0.3, reorder: 0.2 },
    ],
    ['with the sweep, with callbacks lost besides', 200, { drop: 0.2, delay: 0.3, delayMs: 150, double: 0.3 }],
  ])('leave no recording wrong, %s', async (_what, sweepIntervalMs, faults) => {
    const { simulator, url } = await startCopies(3, { sweepIntervalMs });
    simulator.latencyMs = 10;
    Object.assign(simulator.faults, faults);
    await comeAndGo(simulator, url, 11);
    if (sweepIntervalMs === 0) await quiet(simulator, FAST.settle + 200);
    await eventually(() => expect(wrong(simulator)).toEqual([]));
    // It isn't right by chance alone: it stays so.
    if (sweepIntervalMs === 0) await quiet(simulator, FAST.settle + 200);
    expect(wrong(simulator)).toEqual([]);
    expect(simulator.conferences().filter(({ participants }) => participants.size > 0)).toHaveLength(ROOMS);
  });

  it('share a room by its name, and each makes good what none of them heard of', async () => {
    const { simulator, url } = await startCopies(3, { sweepIntervalMs: 200, conferenceName: 'lobby' });
    await simulator.call({ url: `${url}/inbound` });
    const second = await simulator.call({ url: `${url}/inbound` });
    expect(simulator.conferences()).toHaveLength(1);
    simulator.faults.drop = 1;
    simulator.hangUp(second);
    await eventually(() => expect(wrong(simulator)).toEqual([]));
  });
});
