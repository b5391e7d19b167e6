import { setTimeout as delay } from 'node:timers/promises';
import { type Faults, NO_FAULTS } from '../../src/simulator/faults.js';
import type { Call } from '../../src/simulator/model.js';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.js';
import { startBalancer } from '../support/balancer.js';
import { wrong } from '../support/wrong.js';
import type { Step } from './comings-and-goings.js';
import type { Start } from './contender.js';

export interface Contest {
  steps: Step[];
  faults: Faults;
  copies: number;
  latencyMs: number;
  /** How long nobody comes or goes after the last step, and nothing goes wrong any more. */
  calmMs: number;
}

/** What came of it. */
export interface Figures {
  conferences: number;
  /** How often a head count went from one to two or back, while there was a recording. */
  crossings: number;
  /** Conferences whose recording is wrong after the calm. */
  leftWrong: number;
  /** Milliseconds of talk that weren't recorded, for each crossing. */
  lostMs: number;
  /** Milliseconds of one alone that were recorded, for each crossing. */
  soloMs: number;
  /** Requests of the REST API. */
  requests: number;
}

/** Lets people come and go in a space of a contender's own. */
export async function contest(start: Start, { steps, faults, copies, latencyMs, calmMs }: Contest): Promise<Figures> {
  const simulator = await startSimulator();
  simulator.latencyMs = latencyMs;
  const balancer = await startBalancer();
  const running = await Promise.all(Array.from({ length: copies }, () => start(simulator, balancer.url)));
  balancer.ports = running.map(({ port }) => port);
  Object.assign(simulator.faults, faults);
  const counted = count(simulator);

  await play(simulator, balancer.url, steps);
  Object.assign(simulator.faults, NO_FAULTS);
  await delay(calmMs);

  const { crossings, requests } = counted;
  const { lostMs, soloMs } = simulator.account();
  const figures = {
    conferences: simulator.conferences().length,
    crossings,
    leftWrong: wrong(simulator).length,
    lostMs: lostMs / crossings,
    soloMs: soloMs / crossings,
    requests,
  };
  await Promise.all(running.map((copy) => copy.close()));
  balancer.close();
  await simulator.close();
  return figures;
}

function count(simulator: Simulator): { crossings: number; requests: number } {
  const counted = { crossings: 0, requests: 0 };
  simulator.events.on('request', () => {
    counted.requests += 1;
  });
  simulator.events.on('change', ({ what, conference }) => {
    if (conference.recordings.length === 0) return;
    const people = conference.participants.size;
    if ((what === 'joined' && people === 2) || (what === 'left' && people === 1)) counted.crossings += 1;
  });
  return counted;
}

async function play(simulator: Simulator, url: string, steps: Step[]): Promise<void> {
  const calls = new Map<string, Promise<Call>>();
  const startedAt = performance.now();
  for (const { at, room, what, person } of steps) {
    await delay(Math.max(0, startedAt + at - performance.now()));
    const key = `${room}/${person}`;
    if (what === 'joins') calls.set(key, simulator.call({ url: `${url}/inbound?room=${room}` }));
    else void calls.get(key)?.then(simulator.hangUp);
  }
  await Promise.all(calls.values());
}
