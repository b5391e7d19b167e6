import type { PassQueue, Priority } from './pass-queue.js';

/** When the next pass is due if nothing requests an earlier one. */
export interface Deadline {
  /** ms, monotonic. */
  at: number;
  priority: Priority;
}

/**
 * Schedules the passes of one conference: one at a time, and at most one deadline in between (R7). In a pass the conference is
 * read, and its recording written, until it is as desired.
 */
export interface PassScheduler {
  /** Whether no pass is running or queued. */
  isIdle(): boolean;
  /** Requests a pass. However many are requested during a pass, one more follows it. */
  request(priority: Priority): void;
  /** Replaces the deadline of the next pass, if none is running or queued. */
  setDeadline(deadline: Deadline | undefined): void;
  /** Runs no more passes. */
  stop(): void;
}

/**
 * @param key identifies the conference in the queue
 * @param runPass returns the deadline of the next pass, if there is one. Must not reject.
 */
export function createPassScheduler(
  key: string,
  queue: PassQueue,
  runPass: () => Promise<Deadline | undefined>,
): PassScheduler {
  let state: 'idle' | 'queued' | 'running' | 'stopped' = 'idle';
  let requestedMeanwhile: Priority | undefined;
  let timer: NodeJS.Timeout | undefined;

  const isStopped = () => state === 'stopped';

  function request(priority: Priority): void {
    clearTimeout(timer);
    if (state === 'running') {
      if (requestedMeanwhile !== 'hint') requestedMeanwhile = priority;
    } else if (state === 'queued') {
      queue.promote(key, priority);
    } else if (state === 'idle') {
      state = 'queued';
      queue.add(key, priority, run);
    }
  }

  async function run(): Promise<void> {
    if (isStopped()) return;
    state = 'running';
    requestedMeanwhile = undefined;
    const deadline = await runPass();
    if (isStopped()) return;
    state = 'idle';
    if (requestedMeanwhile) request(requestedMeanwhile);
    else if (deadline) waitUntil(deadline);
  }

  function waitUntil({ at, priority }: Deadline): void {
    const onTimer = () => {
      // Node's timers may fire some milliseconds early.
      if (performance.now() < at) waitUntil({ at, priority });
      else request(priority);
    };
    timer = setTimeout(onTimer, Math.max(0, Math.ceil(at - performance.now())));
  }

  return {
    isIdle: () => state === 'idle' || state === 'stopped',
    request,
    setDeadline(deadline) {
      if (state !== 'idle') return;
      clearTimeout(timer);
      if (deadline) waitUntil(deadline);
    },
    stop() {
      state = 'stopped';
      clearTimeout(timer);
    },
  };
}
