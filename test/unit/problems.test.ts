import { afterEach, beforeEach, expect, it } from 'vitest';
import { createProblems } from '../../src/monitoring/problems.js';
import type { RecorderEvent } from '../../src/recorder-events.js';
import { installVirtualClock, type VirtualClock } from '../simulation/virtual-clock.js';

let clock: VirtualClock;
beforeEach(() => {
  clock = installVirtualClock(0);
});
afterEach(() => clock.uninstall());

const assessed = (wrongSince: number | undefined): RecorderEvent => ({
  type: 'conference-assessed',
  conferenceSid: 'CF',
  name: 'recorded-room',
  people: 2,
  held: 0,
  desired: 'in-progress',
  observed: wrongSince === undefined ? 'in-progress' : 'paused',
  wrongSince,
});

/** A process that stands still for ten seconds, while a recording is wrong in its eyes. */
async function standStill(): Promise<{ events: string[]; learn: (event: RecorderEvent) => void }> {
  const process = { frozenUntil: 0 };
  const events: string[] = [];
  const problems = clock.runAs(process, () => {
    const created = createProblems(({ type }) => events.push(type), 5000);
    created.listener(assessed(0));
    return created;
  });
  process.frozenUntil = 10_000;
  await clock.runUntil(10_001);
  return { events, learn: problems.listener };
}

it('a process that stood still calls nothing a problem that it learns to be right a moment later', async () => {
  const { events, learn } = await standStill();
  await clock.runUntil(10_500);
  learn(assessed(undefined));
  await clock.runUntil(20_000);
  expect(events).toEqual([]);
});

it('and calls what stays wrong a problem a second later', async () => {
  const { events } = await standStill();
  await clock.runUntil(12_000);
  expect(events).toEqual(['problem-began']);
});
