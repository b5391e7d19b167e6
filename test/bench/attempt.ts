import { stopAll } from './measured-process.js';
import type { Row } from './table.js';

/** Fails what is being measured. */
let spoil: (reason: unknown) => void = () => {};

// What goes wrong beside a measure fails that measure, and not the process: a lost callback, a request that is waited for
// later.
process.on('unhandledRejection', (reason) => spoil(reason));
process.on('uncaughtException', (error) => spoil(error));

/**
 * Measures something. Where that fails, whatever processes it has started are ended, and a row says why there is no figure.
 * Never rejects.
 *
 * @param what the row that says so is about
 */
export async function attempt(what: string, measure: () => Promise<Row[]>): Promise<Row[]> {
  try {
    return await new Promise<Row[]>((resolve, reject) => {
      spoil = reject;
      measure().then(resolve, reject);
    });
  } catch (error) {
    await stopAll();
    return [unmeasured(what, error)];
  }
}

/** Says that there is no figure, and why. */
export function unmeasured(what: string, error: unknown): Row {
  return { what, ours: '', failure: error instanceof Error ? error.message : String(error) };
}
