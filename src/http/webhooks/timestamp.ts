const TIME = '\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d+)?)?';
const ZONE = '(?:Z|GMT|UTC|[+-]\\d{2}:?\\d{2})';

/** For example `Wed, 30 Aug 2023 17:12:03 +0000`. */
const RFC_2822 = new RegExp(`^(?:[A-Z][a-z]{2}, ?)?\\d{1,2} [A-Z][a-z]{2} \\d{4} ${TIME} ${ZONE}$`);

/** For example `2023-08-30T17:12:03Z`. */
const ISO_8601 = new RegExp(`^(\\d{4}-\\d{2}-\\d{2})[T ](${TIME}) ?(${ZONE})$`);

/**
 * Parses a callback's Timestamp. SignalWire documents RFC 2822 in whole seconds (source: its cXML reference). ISO 8601 is
 * accepted too, because nobody here has seen a real callback.
 *
 * @returns ms since 1970. Undefined for any other text, including one without a zone: it would be read in the zone of this
 *   machine, and could be a captured request from which the zone was cut off.
 */
export function parseTimestamp(text: string): number | undefined {
  const [, day, time, zone] = ISO_8601.exec(text) ?? [];
  const [readable] = day ? [`${day}T${time}${isoZone(zone)}`] : (RFC_2822.exec(text) ?? []);
  const ms = readable === undefined ? Number.NaN : Date.parse(readable);
  return Number.isNaN(ms) ? undefined : ms;
}

/** A zone in the form that Date accepts after an ISO date. */
function isoZone(zone = ''): string {
  return zone.replace(/^(?:GMT|UTC)$/, 'Z').replace(/^([+-]\d{2})(\d{2})$/, '$1:$2');
}
