import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createUrgencyQueue } from '../../src/recording/pass-queue.js';
import { createTurns, type Deadline } from '../../src/recording/pass-scheduler.js';
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

/** Time goes by, and the timers are so much ahead of it. */
async function pass(ms: number, aheadMs = 0): Promise<void> {
  now += ms - aheadMs;
  await vi.advanceTimersByTimeAsync(ms);
  now += aheadMs;
}

/** Work that ends when the test says so. */
function startTurns() {
  const ends: ((deadline?: Deadline) => void)[] = [];
  const turns = createTurns('a', createUrgencyQueue(), () => new Promise((resolve) => ends.push(resolve)));
  const end = async (deadline?: Deadline) => {
    ends.at(-1)?.(deadline);
    await pass(0);
  };
  return { turns, works: () => ends.length, end };
}

describe('turns', () => {
  it('what is asked for during one causes one more after it, however often', async () => {
    const { turns, works, end } = startTurns();
    for (let time = 0; time < 3; time += 1) turns.ask('resync');
    await pass(0);
    expect(works()).toBe(1);
    for (let time = 0; time < 3; time += 1) turns.ask('hint');
    await pass(0);
    expect(works()).toBe(1);
    await end();
    expect(works()).toBe(2);
    await end();
    expect(works()).toBe(2);
    expect(turns.isIdle).toBe(true);
  });

  it('the deadline of one brings the next, never too early, though a timer may be', async () => {
    const { turns, works, end } = startTurns();
    turns.ask('hint');
    await pass(0);
    await end({ at: 1000.5, urgency: 'retry' });
    await pass(1001, 3);
    expect(works()).toBe(1);
    await pass(1);
    await pass(3);
    expect(works()).toBe(2);
  });

  it('what is asked for before a deadline takes its place', async () => {
    const { turns, works, end } = startTurns();
    turns.ask('hint');
    await pass(0);
    await end({ at: 1000, urgency: 'resync' });
    turns.ask('hint');
    await pass(0);
    await end();
    await pass(5000);
    expect(works()).toBe(2);
  });

  it('one that waits is hastened by what is more urgent', () => {
    const hastened: string[] = [];
    const queue = { add() {}, hasten: (_key: string, urgency: string) => void hastened.push(urgency), onAnswer() {} };
    const turns = createTurns('a', queue, async () => undefined);
    turns.ask('resync');
    turns.ask('hint');
    expect(hastened).toEqual(['hint']);
  });

  it('there are none after the end', async () => {
    const { turns, works, end } = startTurns();
    turns.ask('hint');
    await pass(0);
    await end({ at: 1000, urgency: 'retry' });
    turns.end();
    turns.ask('hint');
    await pass(5000);
    expect(works()).toBe(1);
  });
});

describe('the queue', () => {
  /** Fills the queue, and tells in which order what comes after is begun. */
  async function startFull() {
    const queue = createUrgencyQueue();
    const begun: string[] = [];
    const ends: (() => void)[] = [];
    const add = (key: string, urgency: 'hint' | 'retry' | 'resync') =>
      queue.add(key, urgency, () => {
        begun.push(key);
        return new Promise((resolve) => ends.push(resolve));
      });
    for (let count = 0; count < 50; count += 1) add(`first ${count}`, 'hint');
    await pass(0);
    const goOn = async () => {
      ends.shift()?.();
      await pass(0);
    };
    return { queue, add, goOn, later: () => begun.slice(50) };
  }

  it('has what is urgent go first, and lets nothing starve', async () => {
    const { add, goOn, later } = await startFull();
    add('resync', 'resync');
    add('retry', 'retry');
    await pass(1500);
    add('hint', 'hint');
    await pass(600);
    add('late hint', 'hint');
    for (let count = 0; count < 4; count += 1) await goOn();
    expect(later()).toEqual(['retry', 'hint', 'resync', 'late hint']);
  });

  it('hastens what waits, and never slows it down', async () => {
    const { queue, add, goOn, later } = await startFull();
    add('retry', 'retry');
    add('resync', 'resync');
    queue.hasten('resync', 'hint');
    await pass(1500);
    queue.hasten('resync', 'resync');
    for (let count = 0; count < 2; count += 1) await goOn();
    expect(later()).toEqual(['resync', 'retry']);
  });

  it('takes on more while work waits and SignalWire answers well, and half as much when it is overloaded', async () => {
    const { queue, add, goOn, later } = await startFull();
    for (let count = 0; count < 100; count += 1) add(`later ${count}`, 'hint');
    for (let count = 0; count < 10; count += 1) queue.onAnswer(undefined);
    await pass(0);
    expect(later()).toHaveLength(10);
    queue.onAnswer(new SpaceError('no', { status: 404 }));
    await goOn();
    expect(later()).toHaveLength(11);
    // What fails together counts once.
    for (let count = 0; count < 5; count += 1) queue.onAnswer(new SpaceError('no', { status: 503 }));
    for (let count = 0; count < 30; count += 1) await goOn();
    expect(later()).toHaveLength(11);
    await goOn();
    expect(later()).toHaveLength(12);
  });
});
