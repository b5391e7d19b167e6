/** Work by key: one run at a time for each, one more when something came up meanwhile, so many at once in all (R7). */
export interface WorkQueue {
  /** Runs the key's work as soon as there is a free worker; if it's running, once more after that. */
  add(key: string): void;
  /** Runs the key's work when neither what was added by `add` waits nor what is tried again; if it's running, that's it. */
  addBehind(key: string): void;
  /** Adds the key when `laterMs` have gone by since this was last wished for it. */
  addLater(key: string): void;
  /** Drops everything planned for the key. A run under way goes on. */
  forget(key: string): void;
  /** Resolves when nothing runs or is to be tried again. What was added for later doesn't count. */
  idle(): Promise<void>;
  /** Drops what was added for later and hasn't come up. */
  dropLater(): void;
  /** Drops everything planned; nothing is begun any more. */
  close(): void;
  /** The keys that run, wait for a worker or for another try. */
  unfinished(): string[];
}

export interface WorkQueueOptions {
  run(key: string): Promise<void>;
  /** How many keys' work runs at once. */
  workers: number;
  /** Told of each failed run. */
  onFailure(key: string, error: unknown): void;
  /** How long to wait (ms) before the next try, after so many failures in a row. */
  waitAfter(failures: number): number;
  /** For how long (ms) no run of the key may begin. */
  heldForMs(key: string): number;
  /** What `addLater` waits, in milliseconds. */
  laterMs: number;
}

/** A failed run is tried again after a wait; new work for the key tries at once, unless the key is held. */
export function createWorkQueue({
  run,
  workers,
  onFailure,
  waitAfter,
  heldForMs,
  laterMs,
}: WorkQueueOptions): WorkQueue {
  // Those that wait for a worker, in three lines: what is tried again must not hold up what is new.
  const added = new Set<string>();
  const again = new Set<string>();
  const behind = new Set<string>();
  const lines = [added, again, behind];
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

  function plan(timers: Map<string, NodeJS.Timeout>, key: string, delayMs: number, line: Set<string>): void {
    clear(timers, key);
    const timer = setTimeout(() => {
      timers.delete(key);
      add(key, line);
    }, delayMs);
    timers.set(key, timer);
  }

  function add(key: string, line: Set<string>): void {
    if (isClosed) return;
    clear(retries, key);
    const heldMs = heldForMs(key);
    if (running.has(key)) dirty.add(key);
    else if (heldMs > 0) plan(retries, key, heldMs, line);
    else line.add(key);
    work();
  }

  function dropWaiting(key: string): void {
    for (const line of lines) line.delete(key);
  }

  function work(): void {
    for (const line of lines) {
      for (const key of line) {
        if (running.size >= workers) return;
        start(key);
      }
    }
  }

  function start(key: string): void {
    dropWaiting(key);
    running.add(key);
    void runOnce(key).finally(() => {
      running.delete(key);
      if (dirty.delete(key)) add(key, added);
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
      onFailure(key, error);
      plan(retries, key, waitAfter(count), again);
    }
  }

  function dropLater(): void {
    for (const key of delayed.keys()) clear(delayed, key);
  }

  const isIdle = () => running.size + retries.size + lines.reduce((sum, line) => sum + line.size, 0) === 0;

  function wakeIfIdle(): void {
    if (isIdle()) for (const wake of idlers.splice(0)) wake();
  }

  return {
    add: (key) => add(key, added),
    addBehind(key) {
      if (!running.has(key)) add(key, behind);
    },
    addLater(key) {
      if (isClosed) return;
      const earlier = delayed.get(key);
      // Costs less than another timer, and each callback comes by here.
      if (earlier) earlier.refresh();
      else plan(delayed, key, laterMs, added);
    },
    forget(key) {
      clear(retries, key);
      clear(delayed, key);
      dropWaiting(key);
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
      for (const line of lines) line.clear();
      dirty.clear();
      wakeIfIdle();
    },
    unfinished: () => [...new Set([...running, ...lines.flatMap((line) => [...line]), ...retries.keys()])],
  };
}
