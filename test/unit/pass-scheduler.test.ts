import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createPassQueue } from '../../src/recording/pass-queue.js';
import { createPassScheduler, type Deadline } from '../../src/recording/pass-scheduler.js';
import { SpaceError } from '../../src/signalwire/space-error.js';

let now: number;

beforeEach(() => {
  now = 0;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  onTestFinished(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });
});

/** Lets time pass. Timers fire this much too early. */
async function pass(ms: number, aheadMs = 0): Promise<void> {
  now += ms - aheadMs;
  await vi.advanceTimersByTimeAsync(ms);
  now += aheadMs;
}

/** Passes that end when the test says so. */
function startScheduler() {
  const ends: ((deadline?: Deadline) => void)[] = [];
  const scheduler = createPassScheduler('a', createPassQueue(), () => new Promise((resolve) => ends.push(resolve)));
  const end = async (deadline?: Deadline) => {
    ends.at(-1)?.(deadline);
    await pass(0);
  };
  return { scheduler, passes: () => ends.length, end };
}

describe('the passes of a conference', () => {
  it('one that is requested during another follows it, once, however often it is requested', async () => {
    const { scheduler, passes, end } = startScheduler();
    for (let time = 0; time < 3; time += 1) scheduler.request('resync');
    await pass(0);
    expect(passes()).toBe(1);
    for (let time = 0; time < 3; time += 1) scheduler.request('hint');
    await pass(0);
    expect(passes()).toBe(1);
    await end();
    expect(passes()).toBe(2);
    await end();
    expect(passes()).toBe(2);
    expect(scheduler.isIdle).toBe(true);
  });

  it('the next one starts at its deadline, and not earlier, even if a timer does', async () => {
    const { scheduler, passes, end } = startScheduler();
    scheduler.request('hint');
    await pass(0);
    await end({ at: 1000.5, priority: 'retry' });
    await pass(1001, 3);
    expect(passes()).toBe(1);
    await pass(1);
    await pass(3);
    expect(passes()).toBe(2);
  });

  it('one that is requested before a deadline replaces it', async () => {
    const { scheduler, passes, end } = startScheduler();
    scheduler.request('hint');
    await pass(0);
    await end({ at: 1000, priority: 'resync' });
    scheduler.request('hint');
    await pass(0);
    await end();
    await pass(5000);
    expect(passes()).toBe(2);
  });

  it('a queued one is promoted by a more urgent request', () => {
    const promoted: string[] = [];
    const queue = {
      add() {},
      promote: (_key: string, priority: string) => void promoted.push(priority),
      recordSuccess() {},
      recordFailure() {},
    };
    const scheduler = createPassScheduler('a', queue, async () => undefined);
    scheduler.request('resync');
    scheduler.request('hint');
    expect(promoted).toEqual(['hint']);
  });

  it('none runs after the stop', async () => {
    const { scheduler, passes, end } = startScheduler();
    scheduler.request('hint');
    await pass(0);
    await end({ at: 1000, priority: 'retry' });
    scheduler.stop();
    scheduler.request('hint');
    await pass(5000);
    expect(passes()).toBe(1);
  });
});

describe('the queue', () => {
  /** Fills the queue, and tells in which order what comes after is begun. */
  async function startFull() {
    const queue = createPassQueue();
    const begun: string[] = [];
    const ends: (() => void)[] = [];
    const add = (key: string, priority: 'hint' | 'retry' | 'resync') =>
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

  it('has what is urgent go first, and lets nothing starve', async () => {
    const { add, finishNext, later } = await startFull();
    add('resync', 'resync');
    add('retry', 'retry');
    await pass(1500);
    add('hint', 'hint');
    await pass(600);
    add('late hint', 'hint');
    for (let count = 0; count < 4; count += 1) await finishNext();
    expect(later()).toEqual(['retry', 'hint', 'resync', 'late hint']);
  });

  it('hastens what waits, and never slows it down', async () => {
    const { queue, add, finishNext, later } = await startFull();
    add('retry', 'retry');
    add('resync', 'resync');
    queue.promote('resync', 'hint');
    await pass(1500);
    queue.promote('resync', 'resync');
    for (let count = 0; count < 2; count += 1) await finishNext();
    expect(later()).toEqual(['resync', 'retry']);
  });

  it('takes on more while work waits and SignalWire answers well, and half as much when it is overloaded', async () => {
    const { queue, add, finishNext, later } = await startFull();
    for (let count = 0; count < 100; count += 1) add(`later ${count}`, 'hint');
    for (let count = 0; count < 10; count += 1) queue.recordSuccess();
    await pass(0);
    expect(later()).toHaveLength(10);
    queue.recordFailure(new SpaceError('no', { status: 404 }));
    await finishNext();
    expect(later()).toHaveLength(11);
    // What fails together counts once.
    for (let count = 0; count < 5; count += 1) queue.recordFailure(new SpaceError('no', { status: 503 }));
    for (let count = 0; count < 30; count += 1) await finishNext();
    expect(later()).toHaveLength(11);
    await finishNext();
    expect(later()).toHaveLength(12);
  });
});
