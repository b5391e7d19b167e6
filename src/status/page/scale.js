// How much time a strip spans: the same on all cards, so that their lengths can be compared.

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export const SPANS = [5 * MINUTE_MS, 15 * MINUTE_MS, HOUR_MS, 3 * HOUR_MS, 8 * HOUR_MS, DAY_MS];

/** The shortest span that holds the longest conference: one of `SPANS`, or else whole days. @param {number} longestMs */
export function chooseSpan(longestMs) {
  return SPANS.find((span) => span >= longestMs) ?? Math.ceil(longestMs / DAY_MS) * DAY_MS;
}

/** @param {number} spanMs */
export function nameSpan(spanMs) {
  if (spanMs > DAY_MS) return `${spanMs / DAY_MS} days`;
  if (spanMs > HOUR_MS) return `${spanMs / HOUR_MS} hours`;
  return spanMs === HOUR_MS ? '1 hour' : `${spanMs / MINUTE_MS} minutes`;
}

/**
 * Which time a strip shows. It ends now if the conference is in progress, and begins with the conference if that is over.
 *
 * @param {{ begin: number, end: number | undefined }} conference ms since 1970; `end` is undefined while it is in progress
 * @param {number} spanMs
 * @param {number} now ms since 1970
 */
export function windowOf({ begin, end }, spanMs, now) {
  const from = end === undefined ? now - spanMs : begin;
  const until = from + spanMs;
  return { from, until, isBeginCut: begin < from, isEndCut: (end ?? now) > until };
}
