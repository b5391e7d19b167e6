import type { RawSpace } from '../../signalwire/raw-space.js';
import type { PauseBehavior } from '../../signalwire/space.js';
import type { Course } from '../course.js';
import { type Observations, readLagOf } from '../observations.js';
import type { PlacedCalls } from '../placed-calls.js';
import type { Waits } from '../waits.js';
import type { Watch } from '../watch.js';

/** What every stage needs. */
export interface RehearsalOptions {
  watch: Watch;
  calls: PlacedCalls;
  space: RawSpace;
  waits: Waits;
  /** The service's SWEEP_INTERVAL_SECONDS, in milliseconds. */
  resyncIntervalMs: number;
  pauseBehavior: PauseBehavior;
  /** Places a call to the first or the second phone. */
  call(phone: 'first' | 'second'): Promise<string>;
  /** Whether the program hangs up the second phone, and not the person. */
  hangsUp: boolean;
  /** Whether the second phone is called once more, so that the recording resumes. */
  resumes: boolean;
  /** Tells the person what happens, or what to do. */
  say(sentence: string): void;
}

export const NOT_PAUSED = 'The service has not paused the recording';
export const NOT_RESUMED = 'The service has not resumed the recording';

/**
 * Waits for something that should happen. If it doesn't, says so and goes on: that is a finding, too.
 *
 * @param missing what hasn't happened: a sentence that the time completes
 */
export async function waitFor(
  { watch, say }: RehearsalOptions,
  condition: () => boolean,
  limitMs: number,
  missing: string,
): Promise<boolean> {
  const hasHappened = await watch.until(condition, limitMs);
  if (!hasHappened) say(`${missing} within ${seconds(limitMs)} s. Going on.`);
  return hasHappened;
}

/**
 * For how long a pause or a resume is waited for (ms): a lost callback costs an interval at most, and what the service reads may
 * lag.
 */
export function changeLimit({ watch: { seen }, waits, resyncIntervalMs }: RehearsalOptions, course: Course): number {
  return waits.change + resyncIntervalMs + readLagAfter(seen, course);
}

/** How far single reads lag at most; 0 if that isn't known (ms). */
export function readLagAfter(seen: Observations, course: Course): number {
  return readLagOf(seen, course)?.atMostMs ?? 0;
}

export const seconds = (ms: number) => Math.round(ms / 1000);
