import pino from 'pino';

/** A line of the service's log. */
export interface LogLine extends Record<string, unknown> {
  level: number;
  msg: string;
  conferenceSid?: string;
  msSinceCallback?: number;
  people?: number;
}

/** Creates a logger that collects its lines. */
export function keepLog(): { log: pino.Logger; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  return { log, lines };
}

/** The lines about recordings, at level info. */
export function recordingLines(lines: LogLine[]): LogLine[] {
  return lines.filter(({ level, msg }) => level === 30 && msg.startsWith('recording '));
}

const LEVELS: Record<number, string> = { 30: 'info', 40: 'warn', 50: 'error' };

/** The lines about the beginning and the end of outages. */
export function outageLines(lines: LogLine[]): string[] {
  return lines
    .filter(({ msg, level }) => msg.startsWith('SignalWire ') && level > 20)
    .map(({ msg, level }) => `${LEVELS[level]} ${msg.replace(/:.*/, ': …')}`);
}

export const OUTAGE_BEGINS = 'warn SignalWire is failing: …';
export const OUTAGE_ENDS = 'info SignalWire answers again';
