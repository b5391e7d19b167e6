import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPassQueue, type Priority } from '../../src/recording/pass-queue.js';
import { SpaceError } from '../../src/signalwire/space-error.js';
import { installVirtualClock, type VirtualClock } from '../simulation/virtual-clock.js';

let clock: VirtualClock;
beforeEach(() => {
  clock = installVirtualClock(0);
});
afterEach(() => clock.uninstall());

const pass = (ms: number) => clock.runUntil(clock.now + ms);

describe('the queue of passes', () => {
  /** Creates a queue in which as many passes are running as may run at the same time. `later` are those that started after them. */
  async function startFull() {
    const queue = createPassQueue();
    const begun: string[] = [];
    const ends: (() => void)[] = [];
    const add = (key: string, priority: Priority) =>
      queue.add(key, priority, () => {
        begun.push(key);
        return new Promise((resolve) => ends.push(resolve));
      });
    for (let count = 0; count < 50; count += 1) add(`first ${count}`, 'hint');
    await pass(0);
    const finishNext = async () => {
      ends.shift()?.();
      await pass(0);
    };
    return { queue, add, finishNext, later: () => begun.slice(50) };
  }

  it('runs urgent passes first, and lets none starve', async () => {
    const { add, finishNext, later } = await startFull();
    add('resync', 'resync');
    add('settling read', 'settle');
    add('retry', 'retry');
    await pass(1500);
    add('hint', 'hint');
    await pass(14_000);
    add('hint after 15 s', 'hint');
    await pass(15_000);
    add('hint after 30 s', 'hint');
    for (let count = 0; count < 6; count += 1) await finishNext();
    expect(later()).toEqual(['retry', 'hint', 'settling read', 'hint after 15 s', 'resync', 'hint after 30 s']);
  });

  it('moves a promoted pass forward, and never back', async () => {
    const { queue, add, finishNext, later } = await startFull();
    add('retry', 'retry');
    add('resync', 'resync');
    queue.promote('resync', 'hint');
    await pass(1500);
    queue.promote('resync', 'resync');
    for (let count = 0; count < 2; count += 1) await finishNext();
    expect(later()).toEqual(['resync', 'retry']);
  });

  it('runs more passes at once while SignalWire answers well, and half as many when it is overloaded', async () => {
    const { queue, add, finishNext, later } = await startFull();
    for (let count = 0; count < 100; count += 1) add(`later ${count}`, 'hint');
    for (let count = 0; count < 10; count += 1) queue.recordSuccess(100);
    await pass(0);
    expect(later()).toHaveLength(10);
    queue.recordFailure(new SpaceError('no', { status: 404 }));
    await finishNext();
    expect(later()).toHaveLength(11);
    // Failures at the same time count once.
    for (let count = 0; count < 5; count += 1) queue.recordFailure(new SpaceError('no', { status: 503 }));
    for (let count = 0; count < 30; count += 1) await finishNext();
    expect(later()).toHaveLength(11);
    await finishNext();
    expect(later()).toHaveLength(12);
  });

  it('runs fewer passes at once while reads are slow, unless hints wait', async () => {
    const { queue, add, finishNext, later } = await startFull();
    for (let count = 0; count < 100; count += 1) add(`later ${count}`, 'resync');
    for (let count = 0; count < 10; count += 1) queue.recordSuccess(100);
    for (let count = 0; count < 60; count += 1) queue.recordSuccess(500);
    await pass(0);
    const grown = later().length;
    for (let count = 0; count < grown; count += 1) await finishNext();
    expect(later()).toHaveLength(grown);
    add('hint', 'hint');
    queue.recordSuccess(500);
    await pass(0);
    expect(later().at(-1)).toBe('hint');
    // What is slow for longer than a minute is how quick SignalWire is.
    await pass(61_000);
    for (let count = 0; count < 10; count += 1) queue.recordSuccess(500);
    await pass(0);
    expect(later()).toHaveLength(grown + 11);
  });
});
