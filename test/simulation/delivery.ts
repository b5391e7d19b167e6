import type { Webhook } from '../../src/simulator/model/callbacks.js';
import type { Streams } from './streams.js';
import type { WorldFaults } from './world-faults.js';

export interface DeliveryOptions {
  faults: () => WorldFaults;
  /** Draws the time that a callback takes (ms). */
  latency: () => number;
  stream: Streams;
  wait(ms: number): Promise<void>;
  /** Passes the callback to a copy. @returns false if no copy is running */
  passToCopy(callback: Webhook): boolean;
  /** Adds a line to the story. */
  log(line: string): void;
}

/**
 * The waits before the second and the third attempt, in milliseconds. SignalWire's page on webhook reliability says "very
 * quickly" and "a few seconds later"; the figures are assumed.
 */
const RETRY_WAITS_MS = [100, 4000];

/**
 * How late a callback is replayed, in milliseconds. A replay after days would be no different, because its Timestamp is too old
 * in both cases.
 */
const REPLAY_RANGE_MS: [number, number] = [15_000, 100_000];

/** Returns a function that delivers a callback to the service, or loses, doubles, delays or replays it. */
export function createDelivery(options: DeliveryOptions): (callback: Webhook) => void {
  const { faults, latency, stream, wait, passToCopy, log } = options;

  async function deliver(callback: Webhook, lateMs: number): Promise<void> {
    await wait(latency() + lateMs);
    if (passToCopy(callback)) return;
    for (const ms of RETRY_WAITS_MS) {
      await wait(ms);
      if (passToCopy(callback)) return;
    }
    log(`${describeCallback(callback)} is lost, because no copy is running`);
  }

  return (callback) => {
    const { lost, doubled, late, lateMs, replayed } = faults();
    if (stream('lost').happens(lost)) return log(`${describeCallback(callback)} is lost`);
    const delayMs = stream('late').happens(late) ? stream('late by').integer(0, lateMs) : 0;
    if (delayMs > 0) log(`${describeCallback(callback)} will be ${delayMs} ms late`);
    void deliver(callback, delayMs);
    if (stream('doubled').happens(doubled)) void deliver(callback, stream('doubled by').integer(0, lateMs));
    if (stream('replayed').happens(replayed)) void deliver(callback, stream('replayed by').integer(...REPLAY_RANGE_MS));
  };
}

function describeCallback({ parameters }: Webhook): string {
  const { StatusCallbackEvent: event, RecordingStatus: status } = parameters;
  return event ? `the callback ${event}` : `the recording callback ${status}`;
}
