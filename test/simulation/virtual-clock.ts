import { AsyncLocalStorage } from 'node:async_hooks';

/** A clock that stands still while code runs, and then jumps to the next timer. */
export interface VirtualClock {
  /** ms since the clock was installed. */
  readonly now: number;
  /** How many timers are pending. */
  readonly pendingTimers: number;
  /** Advances to that time (ms), and runs the timers that are due until then, in order. Those due together run as they were set. */
  runUntil(ms: number): Promise<void>;
  /** Changes `Date.now` by that many ms, as a correction of the machine's clock does. */
  stepWallClock(ms: number): void;
  /** Resolves after that many ms. */
  wait(ms: number): Promise<void>;
  /** Runs code as part of a process: the timers that it sets wait while the process stands still. */
  runAs<Result>(process: SimulatedProcess | undefined, run: () => Result): Result;
  /** Restores the machine's own clock. */
  uninstall(): void;
}

/** A process that may stand still for a while. */
export interface SimulatedProcess {
  /** Until when it stands still (ms). */
  frozenUntil: number;
}

interface Timer {
  process: SimulatedProcess | undefined;
  at: number;
  ordinal: number;
  run: () => void;
}

const realSetImmediate = setImmediate;

const processes = new AsyncLocalStorage<SimulatedProcess | undefined>();

/**
 * Replaces `setTimeout`, `clearTimeout`, `Date.now` and `performance.now`. It can't replace `node:timers/promises` and
 * `AbortSignal.timeout`, so simulated code must not use them.
 *
 * @param epoch what `Date.now` returns at first (ms since 1970)
 */
export function installVirtualClock(epoch: number): VirtualClock {
  const real = { setTimeout, clearTimeout, dateNow: Date.now, performanceNow: performance.now };
  const timers = createHeap();
  let now = 0;
  let wallClockOffset = 0;
  let ordinal = 0;

  function set(run: () => void, ms = 0): Timer {
    ordinal += 1;
    const timer = { at: now + Math.max(1, Math.round(ms)), ordinal, run, process: processes.getStore() };
    timers.push(timer);
    return timer;
  }

  Object.assign(globalThis, {
    setTimeout: (run: (...passed: unknown[]) => void, ms?: number, ...passed: unknown[]) =>
      set(() => run(...passed), ms),
    clearTimeout: (timer: Timer | undefined) => timer && timers.remove(timer),
  });
  Date.now = () => epoch + now + wallClockOffset;
  performance.now = () => now;

  return {
    get now() {
      return now;
    },
    get pendingTimers() {
      return timers.size;
    },
    async runUntil(ms) {
      await settle();
      for (let next = timers.first(); next && next.at <= ms; next = timers.first()) {
        timers.removeFirst();
        now = next.at;
        const { process, run } = next;
        if (process && process.frozenUntil > now) {
          next.at = process.frozenUntil;
          timers.push(next);
          continue;
        }
        processes.run(process, run);
        await settle();
      }
      now = ms;
    },
    stepWallClock(ms) {
      wallClockOffset += ms;
    },
    wait: (ms) => new Promise((resolve) => void set(resolve, ms)),
    runAs: (process, run) => processes.run(process, run),
    uninstall() {
      Object.assign(globalThis, { setTimeout: real.setTimeout, clearTimeout: real.clearTimeout });
      Date.now = real.dateNow;
      performance.now = real.performanceNow;
    },
  };
}

/** Resolves when all pending promise callbacks have run. */
function settle(): Promise<void> {
  return new Promise((resolve) => void realSetImmediate(resolve));
}

/** A priority queue of timers. A removed timer stays in the heap until it reaches the top. */
function createHeap() {
  const heap: Timer[] = [];
  const live = new Set<Timer>();

  const isBefore = (a: Timer, b: Timer) => a.at < b.at || (a.at === b.at && a.ordinal < b.ordinal);

  function swapIfBefore(child: number, parent: number): boolean {
    const [a, b] = [heap[child], heap[parent]];
    if (!a || !b || !isBefore(a, b)) return false;
    heap[child] = b;
    heap[parent] = a;
    return true;
  }

  function dropFirst(): void {
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    heap[0] = last;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const [one, other] = [heap[left], heap[left + 1]];
      const least = one && other && isBefore(other, one) ? left + 1 : left;
      if (!swapIfBefore(least, at)) return;
      at = least;
    }
  }

  return {
    get size() {
      return live.size;
    },
    push(timer: Timer): void {
      live.add(timer);
      heap.push(timer);
      let at = heap.length - 1;
      while (at > 0 && swapIfBefore(at, (at - 1) >> 1)) at = (at - 1) >> 1;
    },
    remove: (timer: Timer) => void live.delete(timer),
    /** After this it may be pushed again. */
    removeFirst(): void {
      if (heap[0]) live.delete(heap[0]);
      dropFirst();
    },
    first(): Timer | undefined {
      while (heap[0] && !live.has(heap[0])) dropFirst();
      return heap[0];
    },
  };
}
