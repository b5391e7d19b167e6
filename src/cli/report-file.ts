import { rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UsageError } from './usage-error.js';

/** Where a report goes. Writes there and removes it again, to be sure. @throws UsageError if it can't be written there */
export async function findReportFile(given: string): Promise<string> {
  const file = resolve(given);
  try {
    await create(file, '');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      throw new UsageError(`${file} is there already, and is not overwritten. Nobody was called.`);
    }
    throw new UsageError(
      `${file} can't be written. Use --report with another path, or with - to print the report. Nobody was called.`,
    );
  }
  await rm(file);
  return file;
}

/** Says so if the report can't be written after all. @returns whether it was written */
export async function saveReport(file: string, json: string): Promise<boolean> {
  try {
    await create(file, json);
    return true;
  } catch (error) {
    console.error(`The report could not be written, so here it is: ${error instanceof Error ? error.message : error}`);
    return false;
  }
}

// `wx`: somebody may have written the file meanwhile.
const create = (file: string, text: string) => writeFile(file, text, { flag: 'wx' });
