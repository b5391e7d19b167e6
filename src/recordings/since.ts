import { z } from 'zod';

const MINUTE_MS = 60_000;
const UNITS_MS: Record<string, number> = {
  m: MINUTE_MS,
  h: 60 * MINUTE_MS,
  d: 24 * 60 * MINUTE_MS,
  w: 7 * 24 * 60 * MINUTE_MS,
};

const isoDay = z.iso.date();
/** Zod's own would refuse a time with a zone and without seconds. */
const ISO_TIME = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/;

/**
 * Reads a moment in the past.
 *
 * @param text a duration before now (`30m`, `24h`, `7d`, `2w`), or an ISO 8601 date or time, in UTC unless it names a zone
 * @param now ms since 1970
 * @returns ms since 1970; undefined if the text is neither
 */
export function parseSince(text: string, now: number): number | undefined {
  const [, amount, unit = ''] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  const unitMs = UNITS_MS[unit];
  if (amount !== undefined && unitMs !== undefined) return now - Number(amount) * unitMs;
  const [, day, time, zone] = ISO_TIME.exec(text) ?? [];
  if (!isoDay.safeParse(day).success) return undefined;
  const at = Date.parse(time === undefined || zone !== undefined ? text : `${text}Z`);
  return Number.isNaN(at) ? undefined : at;
}
