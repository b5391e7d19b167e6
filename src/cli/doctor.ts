import { Command } from 'commander';
import { DEFAULT_DURATIONS } from '../recording/durations.js';
import { settingsOfProcess } from '../settings/dotenv.js';
import { type Settings, SettingsError } from '../settings/settings.js';
import { createSpace } from '../signalwire/rest-space.js';
import { examine, type Finding } from './doctor-checks.js';

const MARKS = { ok: 'ok     ', wrong: 'wrong  ', unknown: '?      ' };

/** Prints a line for each thing that is looked at. */
async function doctor(): Promise<void> {
  const settings = readSettings();
  if (!settings) return;
  const space = createSpace({ ...settings, timeoutMs: DEFAULT_DURATIONS.request, onAnswered: () => {} });
  for await (const finding of examine(settings, space)) tell(finding);
  space.close();
}

function readSettings(): Settings | undefined {
  try {
    const settings = settingsOfProcess();
    tell({ is: 'ok', sentence: 'The settings make sense.' });
    return settings;
  } catch (error) {
    const mistakes =
      error instanceof SettingsError ? error.mistakes : [error instanceof Error ? error.message : String(error)];
    for (const sentence of mistakes) tell({ is: 'wrong', sentence });
    tell({ is: 'unknown', sentence: 'Nothing else was looked at, as it takes the settings.' });
    return undefined;
  }
}

function tell({ is, sentence }: Finding): void {
  console.log(MARKS[is] + sentence);
  if (is === 'wrong') process.exitCode = 1;
}

new Command('npm run doctor')
  .description('Looks at what must be right for calls to come in and be recorded, and says how to mend what is not.')
  .addHelpText('after', '\nRun it beside the service, with the same settings. Exits with 1 when something is wrong.')
  .parse();

doctor().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
