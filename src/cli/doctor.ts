import { Command } from 'commander';
import { DEFAULT_DURATIONS } from '../recording/durations.js';
import { readProcessSettings } from '../settings/dotenv.js';
import { findDoubts } from '../settings/doubts.js';
import { type Settings, SettingsError } from '../settings/settings.js';
import { createSpace } from '../signalwire/rest-space.js';
import { runChecks } from './doctor-checks.js';
import type { Finding } from './finding.js';

const LABELS = { ok: 'ok     ', wrong: 'wrong  ', unknown: '?      ' };

export const command = new Command('doctor')
  .description('Check everything that calls and recordings depend on, and say how to fix what is wrong.')
  .addHelpText('after', '\nRun it beside the service, with the same settings. Exits with 1 if something is wrong.')
  .action(doctor);

/** Prints a line for each check. */
async function doctor(): Promise<void> {
  const settings = readSettings();
  if (!settings) return;
  const space = createSpace({ ...settings, timeoutMs: DEFAULT_DURATIONS.request });
  for await (const finding of runChecks(settings, space)) print(finding);
  space.close();
}

function readSettings(): Settings | undefined {
  try {
    const settings = readProcessSettings();
    print({ status: 'ok', sentence: 'The settings are valid.' });
    for (const sentence of findDoubts(settings, process.env)) print({ status: 'unknown', sentence });
    return settings;
  } catch (error) {
    const { mistakes, hints } =
      error instanceof SettingsError
        ? error
        : { mistakes: [error instanceof Error ? error.message : String(error)], hints: [] };
    for (const sentence of mistakes) print({ status: 'wrong', sentence });
    for (const sentence of hints) print({ status: 'unknown', sentence });
    print({ status: 'unknown', sentence: 'Nothing else was checked, because every other check needs the settings.' });
    return undefined;
  }
}

function print({ status, sentence }: Finding): void {
  console.log(LABELS[status] + sentence);
  if (status === 'wrong') process.exitCode = 1;
}
