const TIME = '\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d+)?)?';
const ZONE = '(?:Z|GMT|UTC|[+-]\\d{2}:?\\d{2})';

/** For example `Wed, 30 Aug 2023 17:12:03 +0000`. */
const RFC_2822 = new RegExp(`^(?:[A-Z][a-z]{2}, ?)?\\d{1,2} [A-Z][a-z]{2} \\d{4} ${TIME} ${ZONE}$`);

/** For example `2023-08-30T17:12:03Z`. */
const ISO_8601 = new RegExp(`^(\\d{4}-\\d{2}-\\d{2})[T ](${TIME}) ?(${ZONE})$`);

/**
 * A callback's Timestamp as ms since 1970. SignalWire writes RFC 2822 in whole seconds (source: its cXML reference); ISO 8601
 * is read, too, as nobody has seen a real one.
 *
 * @returns undefined for every other text, also for one without a zone: it would be read in the zone of this machine, and a
 *   captured request may have been cut so
 */
export function parseTimestamp(text: string): number | undefined {
  const [, day, time, zone] = ISO_8601.exec(text) ?? [];
  const [readable] = day ? [`${day}T${time}${offset(zone)}`] : (RFC_2822.exec(text) ?? []);
  const ms = readable === undefined ? Number.NaN : Date.parse(readable);
  return Number.isNaN(ms) ? undefined : ms;
}

/** A zone as Date reads it behind an ISO date. */
function offset(zone = ''): string {
  return zone.replace(/^(?:GMT|UTC)$/, 'Z').replace(/^([+-]\d{2})(\d{2})$/, '$1:$2');
}
