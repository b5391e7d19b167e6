import type { Writable } from 'node:stream';
import pino, { type DestinationStream, type Logger, type LoggerOptions } from 'pino';
import type { Settings } from '../settings/settings.js';
import { createOutput } from './output.js';

const STANDARD_OUTPUT = 1;

/**
 * Creates the process's log on the standard output. It consists of JSON lines, or of lines for people if the output is a terminal
 * and pino-pretty is installed, which it isn't in production. Lines that can't be written are lost and do no other harm.
 */
export async function createLog(level: Settings['logLevel']): Promise<Logger> {
  // Accessing process.stdout has a side effect that we need: it makes a pipe non-blocking.
  const isTerminal = process.stdout.isTTY;
  const output = createOutput(STANDARD_OUTPUT);
  return pino(logOptions(level), (isTerminal && (await prettyLines(output))) || output);
}

/** The form of a line: its time in ISO 8601, and its level by name. */
export function logOptions(level: Settings['logLevel']): LoggerOptions {
  return { level, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } };
}

async function prettyLines(destination: Writable): Promise<DestinationStream | undefined> {
  const pretty = await import('pino-pretty').catch(() => undefined);
  return pretty?.default({ destination, singleLine: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l' });
}
