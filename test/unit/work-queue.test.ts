import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createWorkQueue } from '../../src/conferences/work-queue.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A queue whose runs end when the test says so. */
function startQueue(workers = 10) {
  const held = new Map<string, number>();
  const runs: string[] = [];
  const failures: string[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const queue = createWorkQueue({
    run(key) {
      runs.push(key);
      return new Promise((resolve, reject) => ends.push((error) => (error ? reject(error) : resolve())));
    },
    onFailure: (key) => failures.push(key),
    workers,
    waitAfter: (count) => 250 * count,
    heldForMs: (key) => Math.max(0, (held.get(key) ?? 0) - Date.now()),
    laterMs: 500,
  });
  const end = async (error?: Error) => {
    ends.shift()?.(error);
    await vi.advanceTimersByTimeAsync(0);
  };
  const hold = (key: string, ms: number) => held.set(key, Date.now() + ms);
  return { queue, runs, failures, end, hold };
}

describe('the work queue', () => {
  it('runs a key at once', () => {
    const { queue, runs } = startQueue();
    queue.add('a');
    expect(runs).toEqual(['a']);
  });

  it('runs a key once more after the run under way, however often it was added meanwhile', async () => {
    const { queue, runs, end } = startQueue();
    for (let count = 0; count < 5; count += 1) queue.add('a');
    expect(runs).toEqual(['a']);
    await end();
    expect(runs).toEqual(['a', 'a']);
    await end();
    expect(runs).toEqual(['a', 'a']);
  });

  it('runs different keys side by side, as many as there are workers', async () => {
    const { queue, runs, end } = startQueue(2);
    for (const key of ['a', 'b', 'c', 'c', 'd']) queue.add(key);
    expect(runs).toEqual(['a', 'b']);
    await end();
    expect(runs).toEqual(['a', 'b', 'c']);
    await end();
    expect(runs).toEqual(['a', 'b', 'c', 'd']);
    await end();
    await end();
    expect(runs).toEqual(['a', 'b', 'c', 'd']);
  });

  it('does not let a key that is busy keep the others from their turn', async () => {
    const { queue, runs, end } = startQueue(1);
    queue.add('a');
    queue.add('b');
    queue.add('a');
    await end();
    expect(runs).toEqual(['a', 'b']);
    await end();
    expect(runs).toEqual(['a', 'b', 'a']);
  });

  it('tries a failed key at once when there was news during the run', async () => {
    const { queue, runs, failures, end } = startQueue();
    queue.add('a');
    queue.add('a');
    await end(new Error('no'));
    expect(failures).toEqual(['a']);
    expect(runs).toEqual(['a', 'a']);
    await end();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(runs).toEqual(['a', 'a']);
  });

  it('tries a failed key again after waits that grow, and anew after a success', async () => {
    const { queue, runs, failures, end } = startQueue();
    queue.add('a');
    await end(new Error('no'));
    await vi.advanceTimersByTimeAsync(249);
    expect(runs).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(runs).toHaveLength(2);
    await end(new Error('no'));
    await vi.advanceTimersByTimeAsync(500);
    await end();
    queue.add('a');
    await end(new Error('no'));
    expect(failures).toEqual(['a', 'a', 'a']);
    await vi.advanceTimersByTimeAsync(249);
    expect(runs).toHaveLength(4);
    await vi.advanceTimersByTimeAsync(1);
    expect(runs).toHaveLength(5);
  });

  it('tries a failed key at once when there is news, and does not try it twice then', async () => {
    const { queue, runs, end } = startQueue();
    queue.add('a');
    await end(new Error('no'));
    queue.add('a');
    expect(runs).toHaveLength(2);
    await end();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(runs).toHaveLength(2);
  });

  it('runs what is new before what is tried again', async () => {
    const { queue, runs, end } = startQueue(1);
    queue.add('sick');
    await end(new Error('no'));
    queue.add('busy');
    await vi.advanceTimersByTimeAsync(1000);
    queue.add('new');
    queue.addBehind('swept');
    for (let run = 0; run < 4; run += 1) await end();
    expect(runs).toEqual(['sick', 'busy', 'new', 'sick', 'swept']);
  });

  it('runs what was added behind when nothing else waits, and no later than that', async () => {
    const { queue, runs, end } = startQueue(1);
    queue.add('a');
    queue.addBehind('b');
    queue.addBehind('c');
    queue.addBehind('a');
    queue.addBehind('d');
    queue.add('d');
    queue.add('e');
    expect(queue.unfinished()).toHaveLength(5);
    for (let run = 0; run < 5; run += 1) await end();
    expect(runs).toEqual(['a', 'd', 'e', 'b', 'c']);
    expect(queue.unfinished()).toHaveLength(0);
  });

  it('does not run a key that is held, whatever is wished, and runs it once after that', async () => {
    const { queue, runs, end, hold } = startQueue();
    queue.add('a');
    hold('a', 1000);
    queue.add('a');
    await end(new Error('no'));
    queue.add('a');
    queue.addLater('a');
    queue.add('b');
    await vi.advanceTimersByTimeAsync(999);
    expect(runs).toEqual(['a', 'b']);
    await vi.advanceTimersByTimeAsync(1);
    expect(runs).toEqual(['a', 'b', 'a']);
    await end();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(runs).toEqual(['a', 'b', 'a']);
  });

  it('runs a key later, counted from the last time that this was asked for', async () => {
    const { queue, runs } = startQueue();
    queue.addLater('a');
    await vi.advanceTimersByTimeAsync(400);
    queue.addLater('a');
    await vi.advanceTimersByTimeAsync(499);
    expect(runs).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(runs).toEqual(['a']);
  });

  it('drops what was planned for a key that is forgotten', async () => {
    const { queue, runs, end } = startQueue();
    queue.add('a');
    queue.add('a');
    queue.addLater('a');
    queue.forget('a');
    await end();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(runs).toEqual(['a']);
  });

  it('is idle when nothing runs, waits for a worker or is to be tried again', async () => {
    const { queue, end } = startQueue(1);
    queue.add('a');
    queue.add('b');
    queue.addLater('c');
    let isIdle = false;
    void queue.idle().then(() => {
      isIdle = true;
    });
    expect(queue.unfinished()).toHaveLength(2);
    await end(new Error('no'));
    expect(queue.unfinished()).toHaveLength(2);
    await end();
    expect(queue.unfinished()).toHaveLength(1);
    expect(isIdle).toBe(false);
    await vi.advanceTimersByTimeAsync(250);
    await end();
    expect(queue.unfinished()).toHaveLength(0);
    expect(isIdle).toBe(true);
  });

  it('can drop what was added for later alone', async () => {
    const { queue, runs, end } = startQueue();
    queue.add('a');
    queue.addLater('a');
    queue.dropLater();
    await end(new Error('no'));
    await vi.advanceTimersByTimeAsync(250);
    await end();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(runs).toEqual(['a', 'a']);
  });

  it('begins nothing after it was closed', async () => {
    const { queue, runs, end } = startQueue();
    queue.add('failed');
    await end(new Error('no'));
    runs.length = 0;
    queue.add('a');
    queue.addLater('b');
    queue.close();
    queue.add('c');
    await end(new Error('no'));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(runs).toEqual(['a']);
    expect(vi.getTimerCount()).toBe(0);
  });
});
