import pino from 'pino';
import { logOptions } from '../../src/log/log.js';

type Level = 'debug' | 'info' | 'warn' | 'error';

/** A line of the service's log. */
export interface LogLine extends Record<string, unknown> {
  level: Level;
  /** In ISO 8601. */
  time: string;
  msg: string;
  conferenceSid?: string;
  /** The conference's name. */
  conference?: string;
  msSinceCallback?: number;
  people?: number;
}

/** Creates a logger that collects its lines, which have the form of the service's own. */
export function keepLog(): { log: pino.Logger; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const log = pino(logOptions('debug'), { write: (line: string) => void lines.push(JSON.parse(line)) });
  return { log, lines };
}

/** The lines at that level and above. */
export function linesFrom(lowest: Level, lines: LogLine[]): LogLine[] {
  const { values } = pino.levels;
  return lines.filter(({ level }) => Number(values[level]) >= Number(values[lowest]));
}

/** The lines about recordings, at level info. */
export function recordingLines(lines: LogLine[]): LogLine[] {
  return lines.filter(({ level, msg }) => level === 'info' && msg.startsWith('recording '));
}

/** The lines about the beginning and the end of outages. */
export function outageLines(lines: LogLine[]): string[] {
  return linesFrom('info', lines)
    .filter(({ msg }) => msg.startsWith('SignalWire '))
    .map(({ msg, level }) => `${level} ${msg.replace(/:.*/, ': …')}`);
}

export const OUTAGE_BEGINS = 'warn SignalWire is failing: …';
export const OUTAGE_ENDS = 'info SignalWire answers again';
