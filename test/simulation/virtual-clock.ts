/** A clock that stands still while anything is computed, and jumps to what is next. */
export interface VirtualClock {
  /** ms since it was made. */
  readonly now: number;
  /** How many timers are set. */
  readonly pending: number;
  /** Runs whatever is due up to that time (ms). What is due together runs in the order in which it was set. */
  runUntil(ms: number): Promise<void>;
  /** Lets the wall clock of the machine jump; nothing else does. */
  stepWall(ms: number): void;
  /** Resolves after so many ms. */
  wait(ms: number): Promise<void>;
  /** Gives the machine its own clock back. */
  uninstall(): void;
}

interface Timer {
  at: number;
  ordinal: number;
  run: () => void;
}

const setImmediateForReal = setImmediate;

/**
 * Takes the place of `setTimeout`, `clearTimeout`, `Date.now` and `performance.now`. Neither `node:timers/promises` nor
 * `AbortSignal.timeout` can be replaced, so what is to be simulated mustn't use them.
 *
 * @param epoch what the wall clock says at the beginning (ms since 1970)
 */
export function installVirtualClock(epoch: number): VirtualClock {
  const real = { setTimeout, clearTimeout, dateNow: Date.now, performanceNow: performance.now };
  const timers = createHeap();
  let now = 0;
  let wallOffset = 0;
  let ordinal = 0;

  function set(run: () => void, ms = 0): Timer {
    ordinal += 1;
    const timer = { at: now + Math.max(1, Math.round(ms)), ordinal, run };
    timers.push(timer);
    return timer;
  }

  Object.assign(globalThis, {
    setTimeout: (run: (...passed: unknown[]) => void, ms?: number, ...passed: unknown[]) =>
      set(() => run(...passed), ms),
    clearTimeout: (timer: Timer | undefined) => timer && timers.remove(timer),
  });
  Date.now = () => epoch + now + wallOffset;
  performance.now = () => now;

  return {
    get now() {
      return now;
    },
    get pending() {
      return timers.size;
    },
    async runUntil(ms) {
      await settle();
      for (let next = timers.first(); next && next.at <= ms; next = timers.first()) {
        timers.remove(next);
        now = next.at;
        next.run();
        await settle();
      }
      now = ms;
    },
    stepWall(ms) {
      wallOffset += ms;
    },
    wait: (ms) => new Promise((resolve) => void set(resolve, ms)),
    uninstall() {
      Object.assign(globalThis, { setTimeout: real.setTimeout, clearTimeout: real.clearTimeout });
      Date.now = real.dateNow;
      performance.now = real.performanceNow;
    },
  };
}

/** Lets everything happen that follows without a wait. */
function settle(): Promise<void> {
  return new Promise((resolve) => void setImmediateForReal(resolve));
}

/** Timers by when they are due. One that is removed stays in the heap until it comes up. */
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
    first(): Timer | undefined {
      while (heap[0] && !live.has(heap[0])) dropFirst();
      return heap[0];
    },
  };
}
