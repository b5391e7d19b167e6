import { z } from 'zod';

/** A day, YYYY-MM-DD. That it is in UTC is assumed. */
const day = z.iso.date().optional();

/** A time in RFC 2822 form, parsed to whole seconds since 1970. */
const second = z
  .string()
  .regex(/^(\w{3}, )?\d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d ([+-]\d{4}|GMT)$/, 'must be a time in RFC 2822')
  .transform(Date.parse)
  .refine(Number.isFinite, 'must be a time in RFC 2822')
  .transform(toSecond)
  .optional();

// Source of the names and forms: SignalWire's OpenAPI document.
export const DAY_CREATED = { DateCreated: day, 'DateCreated<': day, 'DateCreated>': day };
export const DAY_UPDATED = { DateUpdated: day, 'DateUpdated<': day, 'DateUpdated>': day };
export const TIME_CREATED = { DateCreated: second, 'DateCreated<': second, 'DateCreated>': second };
export const TIME_STARTED = { StartTime: second, 'StartTime<': second, 'StartTime>': second };
export const TIME_ENDED = { EndTime: second, 'EndTime<': second, 'EndTime>': second };

/** Converts a time (ms since 1970) to a day in UTC, to compare it with a filter of days. */
export function toDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Converts a time (ms since 1970) to whole seconds, to compare it with a filter of times. */
export function toSecond(ms: number): number {
  return Math.floor(ms / 1000);
}

/**
 * Whether a day or a second matches a filter.
 *
 * @param value undefined if the event hasn't happened; it then matches no filter
 * @param on the value must equal this, if it is given
 * @param before the value must be less than this, if it is given
 * @param after the value must be greater than this, if it is given
 */
export function isWithin<Value extends string | number>(
  value: Value | undefined,
  on: Value | undefined,
  before: Value | undefined,
  after: Value | undefined,
): boolean {
  if (on === undefined && before === undefined && after === undefined) return true;
  if (value === undefined) return false;
  return (
    (on === undefined || value === on) &&
    (before === undefined || value < before) &&
    (after === undefined || value > after)
  );
}
