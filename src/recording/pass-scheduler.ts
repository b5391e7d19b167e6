import type { Urgency, UrgencyQueue } from './pass-queue.js';

/** When something is to be done next, by itself. */
export interface Deadline {
  /** ms, by the monotonic clock. */
  at: number;
  urgency: Urgency;
}

/** Whose turn it is: idle, waiting, or at work; one piece of work at a time, and one deadline while idle (R7). */
export interface Turns {
  readonly isIdle: boolean;
  /** Asks for a turn. What is asked for during one causes one more after it, however often. */
  ask(urgency: Urgency): void;
  /** No more turns. */
  end(): void;
}

/**
 * @param key what the queue knows it by
 * @param work what is done in a turn; returns the deadline of the next one, if any. Must not reject.
 */
export function createTurns(key: string, queue: UrgencyQueue, work: () => Promise<Deadline | undefined>): Turns {
  let state: 'idle' | 'waiting' | 'working' | 'ended' = 'idle';
  let askedMeanwhile: Urgency | undefined;
  let timer: NodeJS.Timeout | undefined;

  const hasEnded = () => state === 'ended';

  function ask(urgency: Urgency): void {
    clearTimeout(timer);
    if (state === 'working') {
      if (askedMeanwhile !== 'hint') askedMeanwhile = urgency;
    } else if (state === 'waiting') {
      queue.hasten(key, urgency);
    } else if (state === 'idle') {
      state = 'waiting';
      queue.add(key, urgency, take);
    }
  }

  async function take(): Promise<void> {
    if (hasEnded()) return;
    state = 'working';
    askedMeanwhile = undefined;
    const deadline = await work();
    if (hasEnded()) return;
    state = 'idle';
    if (askedMeanwhile) ask(askedMeanwhile);
    else if (deadline) waitFor(deadline);
  }

  function waitFor({ at, urgency }: Deadline): void {
    const reach = () => {
      // Node's timers may be some milliseconds early.
      if (performance.now() < at) waitFor({ at, urgency });
      else ask(urgency);
    };
    timer = setTimeout(reach, Math.max(0, Math.ceil(at - performance.now())));
  }

  return {
    get isIdle() {
      return state === 'idle' || state === 'ended';
    },
    ask,
    end() {
      state = 'ended';
      clearTimeout(timer);
    },
  };
}
