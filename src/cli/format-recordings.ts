import type { FinishedRecording } from '../recordings/list-recordings.js';
import { isoTime } from '../recordings/story-file.js';

const UNKNOWN = '?';

/** A table for people, with a heading: a line for each recording. */
export function formatTable(recordings: FinishedRecording[]): string {
  const rows = recordings.map(({ createdAt, seconds, room, url }) => [
    isoTime(createdAt)?.replace('.000', '') ?? UNKNOWN,
    seconds === undefined ? UNKNOWN : String(seconds),
    printable(room),
    url,
  ]);
  const table = [['began (UTC)', 'seconds', 'room', 'address'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const [time = 0, seconds = 0, room = 0] = widths;
  return table
    .map(([at = '', length = '', name = '', url = '']) =>
      [at.padEnd(time), length.padStart(seconds), name.padEnd(room), url].join('  '),
    )
    .join('\n');
}

/** An array for programs. */
export function formatJson(recordings: FinishedRecording[]): string {
  const list = recordings.map(({ createdAt, seconds, ...known }) => ({
    ...known,
    createdAt: isoTime(createdAt),
    seconds: seconds ?? null,
  }));
  return JSON.stringify(list, null, 2);
}

/** Bytes as people read them. */
export function formatBytes(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** A name without what could control the terminal, or turn the order of the text around. */
function printable(name: string): string {
  return name.replace(/\p{C}/gu, '\uFFFD');
}
