import type { Writable } from 'node:stream';
import pino, { type DestinationStream, type Logger } from 'pino';
import type { Settings } from '../settings/settings.js';
import { writerTo } from './output.js';

const STANDARD_OUTPUT = 1;

/**
 * The process's log, on its standard output: JSON lines, or lines for people where the output is a terminal and
 * pino-pretty is installed, which it isn't in production. Where it can't be written it's lost, and does no other harm.
 */
export async function createLog(level: Settings['logLevel']): Promise<Logger> {
  // To look at process.stdout also has a pipe refuse what it can't take, in place of waiting until somebody reads.
  const isTerminal = process.stdout.isTTY;
  const output = writerTo(STANDARD_OUTPUT);
  return pino({ level }, (isTerminal && (await readableLines(output))) || output);
}

async function readableLines(destination: Writable): Promise<DestinationStream | undefined> {
  const pretty = await import('pino-pretty').catch(() => undefined);
  return pretty?.default({ destination, singleLine: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l' });
}
