/** Work by key: one run at a time for each, one more when something came up meanwhile, so many at once in all (R7). */
export interface WorkQueue {
  /** Runs the key's work as soon as there is a free worker; if it's running, once more after that. */
  add(key: string): void;
  /** The same, but what is added by `add` goes first. */
  addBehind(key: string): void;
  /** Adds the key later, in place of any earlier wish of this kind. */
  addAfter(key: string, delayMs: number): void;
  /** Drops everything planned for the key. A run under way goes on. */
  forget(key: string): void;
  /** Resolves when nothing runs or is to be tried again. What was added for later doesn't count. */
  idle(): Promise<void>;
  /** Drops what was added for later and hasn't come up. */
  dropLater(): void;
  /** Drops everything planned; nothing is begun any more. */
  close(): void;
  /** How many keys run, wait for a worker or for another try. */
  readonly unfinished: number;
}

export interface WorkQueueOptions {
  run(key: string): Promise<void>;
  /** How many keys' work runs at once. */
  workers: number;
  /** Told of each failed run, and how many have failed in a row. */
  onFailure(key: string, error: unknown, failures: number): void;
  /** How long to wait (ms) before the next try, after so many failures in a row. */
  waitAfter(failures: number): number;
  /** For how long (ms) no run of the key may begin. */
  heldForMs(key: string): number;
}

/** A failed run is tried again after a wait; new work for the key tries at once, unless the key is held. */
export function createWorkQueue({ run, workers, onFailure, waitAfter, heldForMs }: WorkQueueOptions): WorkQueue {
  const waiting = new Set<string>();
  const behind = new Set<string>();
  const running = new Set<string>();
  const dirty = new Set<string>();
  const failures = new Map<string, number>();
  const retries = new Map<string, NodeJS.Timeout>();
  const delayed = new Map<string, NodeJS.Timeout>();
  const idlers: (() => void)[] = [];
  let isClosed = false;

  function clear(timers: Map<string, NodeJS.Timeout>, key: string): void {
    clearTimeout(timers.get(key));
    timers.delete(key);
  }

  function plan(timers: Map<string, NodeJS.Timeout>, key: string, delayMs: number): void {
    clear(timers, key);
    const timer = setTimeout(() => {
      timers.delete(key);
      add(key);
    }, delayMs);
    timers.set(key, timer);
  }

  function add(key: string, line = waiting): void {
    if (isClosed) return;
    clear(retries, key);
    const heldMs = heldForMs(key);
    if (running.has(key)) dirty.add(key);
    else if (heldMs > 0) plan(retries, key, heldMs);
    else line.add(key);
    work();
  }

  function work(): void {
    for (const line of [waiting, behind]) {
      for (const key of line) {
        if (running.size >= workers) return;
        start(key);
      }
    }
  }

  function start(key: string): void {
    waiting.delete(key);
    behind.delete(key);
    running.add(key);
    void runOnce(key).finally(() => {
      running.delete(key);
      if (dirty.delete(key)) add(key);
      work();
      wakeIfIdle();
    });
  }

  async function runOnce(key: string): Promise<void> {
    try {
      await run(key);
      failures.delete(key);
    } catch (error) {
      const count = (failures.get(key) ?? 0) + 1;
      failures.set(key, count);
      if (isClosed) return;
      onFailure(key, error, count);
      plan(retries, key, dirty.has(key) ? 0 : waitAfter(count));
    }
  }

  function dropLater(): void {
    for (const key of delayed.keys()) clear(delayed, key);
  }

  const isIdle = () => running.size + waiting.size + behind.size + retries.size === 0;

  function wakeIfIdle(): void {
    if (isIdle()) for (const wake of idlers.splice(0)) wake();
  }

  return {
    add: (key) => add(key),
    addBehind: (key) => add(key, behind),
    addAfter(key, delayMs) {
      if (!isClosed) plan(delayed, key, delayMs);
    },
    forget(key) {
      clear(retries, key);
      clear(delayed, key);
      waiting.delete(key);
      behind.delete(key);
      dirty.delete(key);
      failures.delete(key);
      wakeIfIdle();
    },
    async idle() {
      if (!isIdle()) await new Promise<void>((resolve) => idlers.push(resolve));
    },
    dropLater,
    close() {
      isClosed = true;
      dropLater();
      for (const key of retries.keys()) clear(retries, key);
      waiting.clear();
      behind.clear();
      dirty.clear();
      wakeIfIdle();
    },
    get unfinished() {
      return new Set([...running, ...waiting, ...behind, ...retries.keys()]).size;
    },
  };
}
