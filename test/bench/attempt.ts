import { stopAll } from './measured-process.js';
import type { Row } from './table.js';

/** Fails the measurement in progress. */
let failMeasurement: (reason: unknown) => void = () => {};

// An error outside the measurement's own promise, such as a lost callback, fails the measurement and not the process.
process.on('unhandledRejection', (reason) => failMeasurement(reason));
process.on('uncaughtException', (error) => failMeasurement(error));

/**
 * Runs a measurement. If it fails, the processes that it started are stopped, and the result is a row with the reason. Never
 * rejects.
 *
 * @param what the label of that row
 */
export async function attempt(what: string, measure: () => Promise<Row[]>): Promise<Row[]> {
  try {
    return await new Promise<Row[]>((resolve, reject) => {
      failMeasurement = reject;
      measure().then(resolve, reject);
    });
  } catch (error) {
    await stopAll();
    return [unmeasured(what, error)];
  }
}

/** A row without a figure, with the reason. */
export function unmeasured(what: string, error: unknown): Row {
  return { what, ours: '', failure: error instanceof Error ? error.message : String(error) };
}
