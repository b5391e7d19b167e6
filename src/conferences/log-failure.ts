import type { Logger } from 'pino';
import { isUnauthorized, SpaceError } from '../signalwire/space-error.js';

/**
 * Logs that something asked of SignalWire failed: a warning with SignalWire's reason, an error where SignalWire refuses
 * our credentials, as then nothing will work until somebody changes them, or where the fault is our own.
 */
export function logFailure(log: Logger, error: unknown, what: string, fields: Record<string, unknown> = {}): void {
  if (isUnauthorized(error)) log.error(fields, `${what}: SignalWire refuses our credentials`);
  else if (error instanceof SpaceError) log.warn({ ...fields, reason: error.message }, what);
  else log.error({ ...fields, err: error }, what);
}
