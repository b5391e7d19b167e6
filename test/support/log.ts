import pino from 'pino';

/** A line of the service's log. */
export interface LogLine extends Record<string, unknown> {
  level: number;
  msg: string;
  conferenceSid?: string;
  msSinceCallback?: number;
  people?: number;
}

/** A logger that keeps its lines. */
export function keepLog(): { log: pino.Logger; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  return { log, lines };
}

/** What a log says, at info, of recordings. */
export function recordingLines(lines: LogLine[]): LogLine[] {
  return lines.filter(({ level, msg }) => level === 30 && msg.startsWith('recording '));
}

const LEVELS: Record<number, string> = { 30: 'info', 40: 'warn', 50: 'error' };

/** What a log says of SignalWire's failing and working again. */
export function outageLines(lines: LogLine[]): string[] {
  return lines
    .filter(({ msg, level }) => msg.startsWith('SignalWire ') && level > 20)
    .map(({ msg, level }) => `${LEVELS[level]} ${msg.replace(/:.*/, ': …')}`);
}

export const OUTAGE_BEGINS = 'warn SignalWire fails: …';
export const OUTAGE_ENDS = 'info SignalWire works again';
