import type { Logger } from 'pino';
import type { Listener } from '../recorder-events.js';
import type { Space } from '../signalwire/space.js';

/** A larger difference between the clocks is worth a warning, in milliseconds. */
const TOLERANCE_MS = 2000;

/** So many answers in a row must agree, because one that was under way for long makes a right clock look wrong. */
const MIN_ANSWERS = 2;

/**
 * Warns once when our clock differs from SignalWire's, and again after it was right in between. Decisions don't depend on our
 * clock, but the times in the log and on the page do.
 */
export function createClockWarning(log: Logger, space: Pick<Space, 'clockDifferenceMs'>): Listener {
  let wrongAnswers = 0;
  return ({ type }) => {
    if (type !== 'conferences-listed') return;
    const difference = describeClockDifference(space);
    wrongAnswers = difference === undefined ? 0 : wrongAnswers + 1;
    if (wrongAnswers === MIN_ANSWERS)
      log.warn(`${difference}: the times in the log and on the page are wrong by that much`);
  };
}

/** The beginning of a sentence that says how far our clock is off; undefined if it is right, or that isn't known. */
export function describeClockDifference(space: Pick<Space, 'clockDifferenceMs'>): string | undefined {
  const differenceMs = space.clockDifferenceMs() ?? 0;
  if (Math.abs(differenceMs) <= TOLERANCE_MS) return undefined;
  const seconds = Math.round(Math.abs(differenceMs) / 1000);
  return `This machine's clock is ${seconds} s ${differenceMs > 0 ? 'ahead of' : 'behind'} SignalWire's`;
}
