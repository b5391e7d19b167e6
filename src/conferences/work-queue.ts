/** Work by key: one run at a time for each, and one more when something came up meanwhile (R7). */
export interface WorkQueue {
  /** Runs the key's work now; if it's running, once more after that. */
  add(key: string): void;
  /** Runs the key's work later, in place of any earlier wish of this kind. */
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
  /** Told of each failed run and of the wait (ms) before the next try. */
  onFailure(key: string, error: unknown, retryInMs: number): void;
  /** How long to wait (ms) after that many failures in a row before this one. */
  waitBefore(failures: number): number;
}

/**
 * A failed run is tried again after a wait; new work for the key tries at once.
 */
export function createWorkQueue({ run, onFailure, waitBefore }: WorkQueueOptions): WorkQueue {
  const running = new Set<string>();
  const dirty = new Set<string>();
  const failures = new Map<string, number>();
  const retries = new Map<string, NodeJS.Timeout>();
  const delayed = new Map<string, NodeJS.Timeout>();
  const waiters: (() => void)[] = [];
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
    else void work(key);
  }

  async function work(key: string): Promise<void> {
    running.add(key);
    try {
      do {
        dirty.delete(key);
        await run(key);
        failures.delete(key);
      } while (dirty.has(key));
    } catch (error) {
      retry(key, error);
    } finally {
      running.delete(key);
      if (running.size === 0) for (const wake of waiters.splice(0)) wake();
    }
  }

  function retry(key: string, error: unknown): void {
    const count = failures.get(key) ?? 0;
    failures.set(key, count + 1);
    const delayMs = dirty.has(key) ? 0 : waitBefore(count);
    onFailure(key, error, delayMs);
    if (!isClosed) plan(retries, key, delayMs);
  }

  return {
    add,
    addAfter(key, delayMs) {
      if (!isClosed) plan(delayed, key, delayMs);
    },
    forget(key) {
      clear(retries, key);
      clear(delayed, key);
      dirty.delete(key);
      failures.delete(key);
    },
    async idle() {
      if (running.size > 0) await new Promise<void>((resolve) => waiters.push(resolve));
    },
    close() {
      isClosed = true;
      for (const timers of [retries, delayed]) for (const key of timers.keys()) clear(timers, key);
      dirty.clear();
    },
  };
}
