import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { type Service, startService } from '../../src/service.js';
import { type Faults, NO_FAULTS } from '../../src/simulator/faults.js';
import type { Call } from '../../src/simulator/model.js';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.js';
import { startBalancer } from '../support/balancer.js';
import { keepLog, kindOf, settingsFor } from '../support/service-beside-simulator.js';
import { FAST, READ_CONFERENCES, READ_RECORDING } from '../support/two-people.js';
import { wrong } from '../support/wrong.js';

/** How many times up to sixteen sequences are tried; more when a variable says so. */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 4);
const AT_ONCE = 16;

const SWEEP_MS = 150;
const DURATIONS = { ...FAST, request: 150, firstSweep: 100, retryAfterMost: 100, drain: 0 };

type Fate = 'lost' | 'twice' | 'late' | 'overtaken';

/** A space, the service beside it, and what is to become of the next callbacks. */
interface World {
  simulator: Simulator;
  present: Call[];
  fates: Fate[];
  restart(): Promise<void>;
}

const fate = (next: Fate) => (world: World) => void world.fates.push(next);
const fault = (faults: Partial<Faults>) => (world: World) => void Object.assign(world.simulator.faults, faults);

function leaveOthers({ simulator, present }: World, position: number): void {
  if (present.length > 1) present.splice(position, 1).map(simulator.hangUp);
}

/** What can happen, in words that a failure is told in. */
const STEPS: Record<string, (world: World) => unknown> = {
  'somebody joins, unless three are in': async ({ simulator, present }) =>
    present.length < 3 && present.push(await simulator.call()),
  'the first one in leaves others': (world) => leaveOthers(world, 0),
  'the last one in leaves others': (world) => leaveOthers(world, -1),
  'everybody leaves': ({ simulator, present }) => present.splice(0).map(simulator.hangUp),
  'the next callback is lost': fate('lost'),
  'the next callback comes twice': fate('twice'),
  'the next callback is late': fate('late'),
  'the next callback is overtaken by the one after it': fate('overtaken'),
  'requests are answered with 503': fault({ unavailable: 1 }),
  'requests are answered with 429': fault({ tooMany: 1 }),
  'requests hang': fault({ hang: 1 }),
  'half of all requests are reset': fault({ reset: 0.5 }),
  'recordings are not found': fault({ missing: 1 }),
  'the list lags': fault({ lagMs: FAST.word / 2 }),
  'SignalWire works': fault(NO_FAULTS),
  'the service is restarted, and finishes nothing': (world) => world.restart(),
  'a moment passes': () => delay(30),
  'a while passes': () => delay(FAST.settle),
};

async function startWorld(): Promise<World & { close(): Promise<void> }> {
  const simulator = await startSimulator({ betweenAttemptsMs: 50 });
  const balancer = await startBalancer();
  const { log } = keepLog();
  const settings = settingsFor(simulator, { publicUrl: balancer.url, sweepIntervalMs: SWEEP_MS });
  let service: Service;
  const start = async () => {
    service = await startService({ settings, log, durations: DURATIONS });
    balancer.ports = [service.port];
  };
  const stop = () => {
    balancer.ports = [];
    return service.close();
  };
  await start();
  simulator.pointNumber(`${balancer.url}/inbound?room=any`);

  const fates: Fate[] = [];
  let overtaken: (() => void) | undefined;
  simulator.onCallback = (_callback, send) => {
    const next = fates.shift();
    if (next === 'late') setTimeout(send, 100);
    else if (next === 'overtaken') overtaken = send;
    else if (next !== 'lost') send();
    if (next === 'twice') send();
    if (next === 'overtaken') return;
    overtaken?.();
    overtaken = undefined;
  };
  return {
    simulator,
    present: [],
    fates,
    restart: () => stop().then(start),
    async close() {
      await stop();
      await simulator.close();
      balancer.close();
    },
  };
}

/** With two people in, lets a sequence happen, then lets SignalWire work and callbacks come; all must be right in the end, and stay so. */
async function play(steps: string[], prepare: (simulator: Simulator) => void = () => {}): Promise<void> {
  const world = await startWorld();
  const { simulator } = world;
  let sweeps = 0;
  simulator.events.on('request', (request) => {
    if (kindOf(request) === READ_CONFERENCES) sweeps += 1;
  });
  try {
    prepare(simulator);
    world.present.push(await simulator.call(), await simulator.call());
    for (const step of steps) await STEPS[step]?.(world);
    Object.assign(simulator.faults, NO_FAULTS);
    world.fates.length = 0;
    await vi.waitFor(() => expect(wrong(simulator)).toEqual([]), { timeout: 4000, interval: 10 });
    const then = sweeps;
    await vi.waitFor(() => expect(sweeps).toBeGreaterThan(then + 3), { timeout: 4000, interval: 10 });
    expect(wrong(simulator)).toEqual([]);
  } finally {
    await world.close();
  }
}

/** Sequences, several of which are tried at the same time; a failure shrinks to the one that fails. */
const sequences = (steps: string[]) => {
  // Mostly people come and go, and something becomes of the callbacks.
  const step = fc.oneof(
    { arbitrary: fc.constantFrom(...steps.slice(0, 3)), weight: 3 },
    { arbitrary: fc.constantFrom(...steps.slice(3, 8)), weight: 2 },
    { arbitrary: fc.constantFrom(...steps.slice(8)), weight: 2 },
  );
  const sequence = fc.array(step, { minLength: 1, maxLength: 24, size: 'max' });
  return fc.array(sequence, { minLength: 1, maxLength: AT_ONCE, size: 'max' });
};

// Each step of a shrinking waits in vain for a recording to become right; what was reached in this time is told.
const limits = { numRuns: RUNS, interruptAfterTimeLimit: 60_000 + RUNS * 20_000 };

it('whatever happens, every recording is right when things have calmed down', { timeout: 90_000 + RUNS * 20_000 }, () =>
  fc.assert(
    fc.asyncProperty(sequences(Object.keys(STEPS)), async (several) => {
      await Promise.all(several.map((steps) => play(steps)));
    }),
    limits,
  ),
);

it('that is so for one copy without restarts even if no read ever says that a recording is paused', {
  timeout: 60_000 + RUNS * 20_000,
}, () => {
  const neverPaused = (simulator: Simulator) => {
    simulator.onRequest = (request, handle) => {
      const answer = handle();
      if (kindOf(request) !== READ_RECORDING || answer.status !== 200) return answer;
      return { ...answer, body: JSON.parse(JSON.stringify(answer.body).replaceAll('"paused"', '"in-progress"')) };
    };
  };
  const steps = Object.keys(STEPS).filter((step) => !step.includes('restarted') && !step.includes('not found'));
  return fc.assert(
    fc.asyncProperty(sequences(steps), async (several) => {
      await Promise.all(several.map((sequence) => play(sequence, neverPaused)));
    }),
    limits,
  );
});
