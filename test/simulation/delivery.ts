import type { Webhook } from '../../src/simulator/model/callbacks.js';
import type { Random } from '../../src/simulator/model/random.js';
import type { Faults } from './dimensions.js';

export interface DeliveryOptions {
  faults: () => Faults;
  latency: () => number;
  streamOf(name: string): Random;
  wait(ms: number): Promise<void>;
  /** Hands it to a copy that listens. @returns false when nobody does */
  hand(callback: Webhook): boolean;
  log(line: string): void;
}

// SignalWire tries three times: the second very quickly, the third a few seconds later. Source: its page on webhook
// reliability; the figures are assumed.
const TRY_AFTER_MS = [100, 4000];

/** How late a callback may be replayed, in milliseconds. Days would be no different: its Timestamp is old all the same. */
const REPLAYED_MS: [number, number] = [15_000, 100_000];

/** Brings callbacks to the service, or loses, doubles, delays and replays them. */
export function createDelivery(options: DeliveryOptions): (callback: Webhook) => void {
  const { faults, latency, streamOf, wait, hand, log } = options;

  async function bring(callback: Webhook, lateMs: number): Promise<void> {
    await wait(latency() + lateMs);
    if (hand(callback)) return;
    for (const ms of TRY_AFTER_MS) {
      await wait(ms);
      if (hand(callback)) return;
    }
    log(`${nameOf(callback)} is lost: nobody listens`);
  }

  return (callback) => {
    const { lost, doubled, late, lateMs, replayed } = faults();
    if (streamOf('lost').happens(lost)) return log(`${nameOf(callback)} is lost`);
    const delay = streamOf('late').happens(late) ? streamOf('late by').whole(0, lateMs) : 0;
    if (delay > 0) log(`${nameOf(callback)} will be ${delay} ms late`);
    void bring(callback, delay);
    if (streamOf('doubled').happens(doubled)) void bring(callback, streamOf('doubled by').whole(0, lateMs));
    if (streamOf('replayed').happens(replayed)) void bring(callback, streamOf('replayed by').whole(...REPLAYED_MS));
  };
}

/** What a callback is called in a story. */
export function nameOf({ parameters }: Webhook): string {
  const { StatusCallbackEvent: event, RecordingStatus: status } = parameters;
  return event ? `the callback ${event}` : `the callback of a recording ${status}`;
}
