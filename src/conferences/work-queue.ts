/** Work by key: one run at a time for each, one more when something came up meanwhile, so many at once in all (R7). */
export interface WorkQueue {
  /** Runs the key's work as soon as there is a free worker; if it's running, once more after that. */
  add(key: string): void;
  /** Adds the key later, in place of any earlier wish of this kind. */
  addAfter(key: string, delayMs: number): void;
  /** Drops everything planned for the key. A run under way goes on. */
  forget(key: string): void;
  /** Resolves when nothing runs. Waits for later don't count. */
  idle(): Promise<void>;
  /** Drops everything planned; nothing is begun any more. */
  close(): void;
}

export interface WorkQueueOptions {
  run(key: string): Promise<void>;
  /** How many keys' work runs at once. */
  workers: number;
  /** Told of each failed run and of the wait (ms) before the next try. */
  onFailure(key: string, error: unknown, retryInMs: number): void;
  /** How long to wait (ms) before the next try, after so many failures in a row. */
  waitAfter(failures: number): number;
}

/** A failed run is tried again after a wait; new work for the key tries at once. */
export function createWorkQueue({ run, workers, onFailure, waitAfter }: WorkQueueOptions): WorkQueue {
  const waiting = new Set<string>();
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

  function add(key: string): void {
    if (isClosed) return;
    clear(retries, key);
    if (running.has(key)) dirty.add(key);
    else waiting.add(key);
    work();
  }

  function work(): void {
    for (const key of waiting) {
      if (running.size >= workers) return;
      waiting.delete(key);
      running.add(key);
      void runOnce(key).finally(() => {
        running.delete(key);
        if (dirty.delete(key)) add(key);
        work();
        if (running.size === 0) for (const wake of idlers.splice(0)) wake();
      });
    }
  }

  async function runOnce(key: string): Promise<void> {
    try {
      await run(key);
      failures.delete(key);
    } catch (error) {
      const count = (failures.get(key) ?? 0) + 1;
      failures.set(key, count);
      const delayMs = dirty.has(key) ? 0 : waitAfter(count);
      onFailure(key, error, delayMs);
      if (!isClosed) plan(retries, key, delayMs);
    }
  }

  return {
    add,
    addAfter(key, delayMs) {
      if (!isClosed) plan(delayed, key, delayMs);
    },
    forget(key) {
      clear(retries, key);
      clear(delayed, key);
      waiting.delete(key);
      dirty.delete(key);
      failures.delete(key);
    },
    async idle() {
      if (running.size > 0) await new Promise<void>((resolve) => idlers.push(resolve));
    },
    close() {
      isClosed = true;
      for (const timers of [retries, delayed]) for (const key of timers.keys()) clear(timers, key);
      waiting.clear();
      dirty.clear();
    },
  };
}
