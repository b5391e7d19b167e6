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
const RUNS = Number(process.env.PROPERTY_RUNS ?? 3);
const AT_ONCE = 16;

// Each step of a shrinking waits in vain for a recording to become right; what was reached in this time is told.
const LIMITS = { numRuns: RUNS, interruptAfterTimeLimit: 60_000 + RUNS * 20_000 };
const TIMEOUT = { timeout: 90_000 + RUNS * 20_000 };

const SWEEP_MS = 150;
const DURATIONS = { ...FAST, request: 150, firstSweep: 100, retryAfterMost: 100, drain: 0 };

/** What becomes of the callback on somebody who comes or goes, as a step tells it. */
const FATES = ['', ', unheard of', ', heard of twice', ', heard of late', ', heard of after what comes next'];

/** A space, the service beside it, and who is in. */
interface World {
  simulator: Simulator;
  present: Call[];
  /** What becomes of the next callback. */
  fate: string;
  restart(): Promise<void>;
  close(): Promise<void>;
}

type Steps = Record<string, (world: World) => unknown>;

const COMINGS_AND_GOINGS: Steps = {
  'somebody joins, unless three are in': async ({ simulator, present }) =>
    present.length < 3 && present.push(await simulator.call()),
  'the first one in leaves others': (world) => leaveOthers(world, 0),
  'the last one in leaves others': (world) => leaveOthers(world, -1),
};

const TIMES: Steps = {
  'a moment passes': () => delay(30),
  // The last look at what was heard goes by.
  'a while passes': () => delay(FAST.settle + 60),
};

const fault = (faults: Partial<Faults>) => (world: World) => void Object.assign(world.simulator.faults, faults);

const INCIDENTS: Steps = {
  'everybody leaves': ({ simulator, present }) => present.splice(0).map(simulator.hangUp),
  'requests are answered with 503': fault({ unavailable: 1 }),
  'requests are answered with 429': fault({ tooMany: 1 }),
  'requests hang, and may be obeyed late': fault({ hang: 1, obeyMs: 300 }),
  'requests hang, and may be obeyed at once': fault({ hang: 1, obeyMs: 0 }),
  'half of all requests are reset': fault({ reset: 0.5 }),
  'recordings are not found': fault({ missing: 1 }),
  'the list lags': fault({ lagMs: FAST.word / 2 }),
  'SignalWire works': fault(NO_FAULTS),
  'the service is restarted, and finishes nothing': (world) => world.restart(),
};

function leaveOthers({ simulator, present }: World, position: number): void {
  if (present.length > 1) present.splice(position, 1).map(simulator.hangUp);
}

/** Does what a step says. */
async function take(step: string, world: World): Promise<void> {
  world.fate = FATES.findLast((ending) => step.endsWith(ending)) ?? '';
  const what = step.slice(0, step.length - world.fate.length);
  await (COMINGS_AND_GOINGS[what] ?? TIMES[what] ?? INCIDENTS[what])?.(world);
  world.fate = '';
}

async function startWorld(): Promise<World> {
  const simulator = await startSimulator({ betweenAttemptsMs: 50 });
  const balancer = await startBalancer();
  const settings = settingsFor(simulator, { publicUrl: balancer.url, sweepIntervalMs: SWEEP_MS });
  let service: Service;
  const start = async () => {
    service = await startService({ settings, log: keepLog().log, durations: DURATIONS });
    balancer.ports = [service.port];
  };
  const stop = () => {
    balancer.ports = [];
    return service.close();
  };
  await start();
  simulator.pointNumber(`${balancer.url}/inbound?room=any`);

  let overtaken = () => {};
  simulator.onCallback = (_callback, send) => {
    const { fate } = world;
    world.fate = '';
    const sendBefore = overtaken;
    overtaken = fate === ', heard of after what comes next' ? send : () => {};
    if (fate === '' || fate === ', heard of twice') send();
    if (fate === ', heard of twice') send();
    if (fate === ', heard of late') setTimeout(send, 100);
    sendBefore();
  };
  const world: World = {
    simulator,
    present: [],
    fate: '',
    restart: () => stop().then(start),
    async close() {
      await stop();
      await simulator.close();
      balancer.close();
    },
  };
  return world;
}

/**
 * With two people in, lets a sequence happen, then lets SignalWire work: all must be right in the end, and stay so.
 *
 * @throws Error with the sequence and what is wrong after it
 */
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
    for (const step of steps) await take(step, world);
    Object.assign(simulator.faults, NO_FAULTS);
    const pass = async (some: number) => {
      const then = sweeps;
      await vi.waitFor(() => expect(sweeps).toBeGreaterThanOrEqual(then + some), { timeout: 4000, interval: 10 });
    };
    // What is late has come by then.
    await pass(3);
    await vi.waitFor(() => expect(wrong(simulator)).toEqual([]), { timeout: 4000, interval: 10 });
    await pass(3);
    expect(wrong(simulator)).toEqual([]);
  } catch (cause) {
    throw new Error(`After this: ${steps.join('; ')}: ${wrong(simulator).join('; ')}`, { cause });
  } finally {
    await world.close();
  }
}

/** Sequences that are tried at the same time; a failure shrinks to one of them, and to the steps of it that matter. */
function sequences(incidents: string[]): fc.Arbitrary<string[][]> {
  const comingsAndGoings = Object.keys(COMINGS_AND_GOINGS).flatMap((what) => FATES.map((fate) => what + fate));
  const step = fc.oneof(
    { arbitrary: fc.constantFrom(...comingsAndGoings), weight: 4 },
    { arbitrary: fc.constantFrom(...Object.keys(TIMES)), weight: 2 },
    { arbitrary: fc.constantFrom(...incidents), weight: 1 },
  );
  const sequence = fc.array(step, { minLength: 1, maxLength: 20, size: 'max' });
  return fc.array(sequence, { minLength: 1, maxLength: AT_ONCE, size: 'max' });
}

/** Waits for all, so that none goes on behind the next run's back. */
async function playAll(playing: Promise<void>[]): Promise<void> {
  await Promise.allSettled(playing);
  await Promise.all(playing);
}

it('whatever happens, every recording is right when things have calmed down', TIMEOUT, () => {
  const property = fc.asyncProperty(sequences(Object.keys(INCIDENTS)), async (several) => {
    await playAll(several.map((steps) => play(steps)));
  });
  return fc.assert(property, LIMITS);
});

it('for one copy without restarts that holds even if no read ever says that a recording is paused', TIMEOUT, () => {
  const neverPaused = (simulator: Simulator) => {
    simulator.onRequest = (request, handle) => {
      const answer = handle();
      if (kindOf(request) !== READ_RECORDING || answer.status !== 200) return answer;
      return { ...answer, body: JSON.parse(JSON.stringify(answer.body).replaceAll('"paused"', '"in-progress"')) };
    };
  };
  // Nobody could know of a pause that is obeyed after the resume that overtook it.
  const incidents = Object.keys(INCIDENTS).filter((what) => !/restarted|not found|obeyed late/.test(what));
  const property = fc.asyncProperty(sequences(incidents), async (several) => {
    await playAll(several.map((steps) => play(steps, neverPaused)));
  });
  return fc.assert(property, LIMITS);
});
