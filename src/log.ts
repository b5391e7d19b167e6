import pino, { type DestinationStream, type Logger } from 'pino';
import type { Settings } from './settings.js';

/**
 * The process's log, on its standard output: JSON lines, or lines for people where the output is a terminal and
 * pino-pretty is installed, which it isn't in production.
 */
export async function createLog(level: Settings['logLevel']): Promise<Logger> {
  const readable = process.stdout.isTTY ? await readableLines() : undefined;
  return readable ? pino({ level }, readable) : pino({ level });
}

async function readableLines(): Promise<DestinationStream | undefined> {
  const pretty = await import('pino-pretty').catch(() => undefined);
  // Written at once, else the last lines before an exit would be lost.
  return pretty?.default({ sync: true, singleLine: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l' });
}
