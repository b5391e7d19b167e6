import pino, { type DestinationStream, type Logger } from 'pino';
import type { Settings } from './settings.js';

/**
 * Lines are written together, this often (ms), or when there are so many bytes of them: a write of its own for each line
 * costs a busy service more than the line. What ends the process without an exit, as a kill -9 does, loses the last ones.
 */
const WRITE_EVERY_MS = 100;
const WRITE_BYTES = 4096;

/**
 * The process's log, on its standard output: JSON lines, or lines for people where the output is a terminal and
 * pino-pretty is installed, which it isn't in production.
 */
export async function createLog(level: Settings['logLevel']): Promise<Logger> {
  const readable = process.stdout.isTTY ? await readableLines() : undefined;
  return pino({ level }, readable ?? pino.destination({ minLength: WRITE_BYTES, periodicFlush: WRITE_EVERY_MS }));
}

async function readableLines(): Promise<DestinationStream | undefined> {
  const pretty = await import('pino-pretty').catch(() => undefined);
  // Written at once, else the last lines before an exit would be lost.
  return pretty?.default({ sync: true, singleLine: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l' });
}
