import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createPassQueue } from '../../src/recording/pass-queue.js';
import { createPassScheduler, type Deadline } from '../../src/recording/pass-scheduler.js';

/** The queue's first bound. */
const PASSES_AT_ONCE = 50;

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

/** Lets time pass. Timers fire too early by `aheadMs`. */
async function pass(ms: number, aheadMs = 0): Promise<void> {
  now += ms - aheadMs;
  await vi.advanceTimersByTimeAsync(ms);
  now += aheadMs;
}

/** A scheduler whose passes end when the test calls `end`. */
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
  it('follow one another: however many are requested during one, one more runs after it', async () => {
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
    expect(scheduler.isIdle()).toBe(true);
  });

  it('start at their deadline, even if a timer fires early', async () => {
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

  it('start at once if requested before their deadline, which is then dropped', async () => {
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

  it('start earlier if a more urgent one is requested while one is queued', async () => {
    const queue = createPassQueue();
    const started: string[] = [];
    let finishFirst = () => {};
    for (let count = 0; count < PASSES_AT_ONCE; count += 1) {
      queue.add(`first ${count}`, 'hint', () => new Promise((resolve) => (finishFirst = resolve)));
    }
    await pass(0);
    queue.add('b', 'retry', async () => void started.push('b'));
    const scheduler = createPassScheduler('a', queue, async () => {
      started.push('a');
      return undefined;
    });
    scheduler.request('resync');
    scheduler.request('hint');
    finishFirst();
    await pass(0);
    expect(started).toEqual(['a', 'b']);
  });

  it('do not start after the stop', async () => {
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
