import { z } from 'zod';

/** A day in UTC (assumed): YYYY-MM-DD. */
const day = z.iso.date().optional();

/** A time in RFC 2822, read as whole seconds since 1970. */
const second = z
  .string()
  .regex(/^(\w{3}, )?\d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d ([+-]\d{4}|GMT)$/, 'must be a time in RFC 2822')
  .transform(Date.parse)
  .refine(Number.isFinite, 'must be a time in RFC 2822')
  .transform(secondOf)
  .optional();

// Source of the names and forms: SignalWire's OpenAPI document.
export const DAY_CREATED = { DateCreated: day, 'DateCreated<': day, 'DateCreated>': day };
export const DAY_UPDATED = { DateUpdated: day, 'DateUpdated<': day, 'DateUpdated>': day };
export const TIME_CREATED = { DateCreated: second, 'DateCreated<': second, 'DateCreated>': second };
export const TIME_STARTED = { StartTime: second, 'StartTime<': second, 'StartTime>': second };
export const TIME_ENDED = { EndTime: second, 'EndTime<': second, 'EndTime>': second };

/** The day of a time (ms since 1970), to be compared with a filter by days. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** The second of a time (ms since 1970), to be compared with a filter by times. */
export function secondOf(ms: number): number {
  return Math.floor(ms / 1000);
}

/**
 * Whether a day or second is what a filter asks for.
 *
 * @param value undefined where it hasn't happened; no filter finds that
 * @param on the one that it must be; undefined for any
 * @param before the one that it must be before, without that one
 * @param after the one that it must be after, without that one
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
