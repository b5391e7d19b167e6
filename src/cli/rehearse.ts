import { Command } from 'commander';
import { runRehearsal } from '../rehearsal/run.js';
import { formatSummary, formatTable } from '../rehearsal/table.js';
import { askFeed } from '../running-service/ask-feed.js';
import { askWebhooks } from '../running-service/ask-webhooks.js';
import type { Settings } from '../settings/settings.js';
import { callerNumber, fromOption } from './caller-number.js';
import { confirmCalls } from './confirm.js';
import { phoneNumber } from './phone-number.js';
import { findReportFile, saveReport } from './report-file.js';
import { requireSettings } from './require-settings.js';
import { findRunningService } from './running-service.js';
import { howToHangUp } from './still-alive.js';
import { stopOnSignals } from './stop-on-signals.js';
import { UsageError } from './usage-error.js';

interface RehearseOptions {
  from?: string;
  report?: string;
  hangUp?: true;
  resume: boolean;
  yes?: true;
}

export const command = new Command('rehearse')
  .description('Call two phones, and find out what this space does where nothing is documented. Writes a report.')
  .argument('<first>', 'the phone that stays in the conference, for example +15551234567', phoneNumber)
  .argument('<second>', 'the phone that leaves and is called again', phoneNumber)
  .addOption(fromOption())
  .option(
    '--report <file>',
    'where to write the report, or - to print it (default: rehearsal-<time>.json in this folder)',
  )
  .option('--hang-up', 'hang up the second phone, instead of asking the person to')
  .option('--no-resume', 'do not call the second phone again: two calls instead of three, and no resume')
  .option('--yes', 'do not ask before calling; needed if this is not run on a terminal')
  .addHelpText(
    'after',
    `
Run it beside the service, with the same settings. The service needs a STATUS_PASSWORD.
The report has no phone numbers, SIDs, hosts or secrets, so it can be attached to an issue.
Exits with 0 if the service can cope with everything, 1 if it can't or the rehearsal fails, 2 if an argument or a setting
is wrong, or the service isn't ready.`,
  )
  .action(rehearse);

async function rehearse(first: string, second: string, options: RehearseOptions): Promise<void> {
  const settings = checkSettings(requireSettings());
  const from = callerNumber(options.from, settings);
  if (new Set([first, second, from]).size < 3) {
    throw new UsageError('The two phones, and the number to call from, must be three different numbers.');
  }
  const name = options.report ?? `rehearsal-${new Date().toISOString().replace(/[:.]/g, '-')}.json`;
  const file = name === '-' ? undefined : await findReportFile(name);
  const service = await findRunningService(settings);
  await checkPassword(service.url, settings.statusPassword);

  console.error(describeCost(options));
  if (!options.yes) await confirmCalls();
  const stop = stopOnSignals();
  const { report, failure, stillAlive } = await runRehearsal({
    settings,
    publicUrl: service.publicUrl,
    serviceUrl: service.url,
    from,
    first,
    second,
    hangsUp: options.hangUp === true,
    resumes: options.resume,
    signal: stop.signal,
    say: (sentence) => console.error(sentence),
  });
  const remedy = howToHangUp(stillAlive, settings.spaceUrl);
  if (remedy !== undefined || report) console.error(remedy ?? 'Every call is hung up.');
  let isFine = failure === undefined && remedy === undefined;
  if (report) {
    const json = `${JSON.stringify(report, null, 2)}\n`;
    const { findings } = report;
    // The report first: it has cost calls, and the table may fail to be printed.
    const isSaved = file !== undefined && (await saveReport(file, json));
    if (!isSaved) process.stdout.write(json);
    const print = isSaved ? console.log : console.error;
    const { columns } = isSaved ? process.stdout : process.stderr;
    print(`\n${formatTable(findings, columns)}\n\n${formatSummary(findings, columns)}`);
    if (isSaved) print(`The report is in ${file}`);
    if (file !== undefined && !isSaved) isFine = false;
    if (findings.some(({ verdict }) => verdict === 'not ok')) isFine = false;
  }
  process.exitCode = isFine ? 0 : 1;
  stop.release();
}

/** @throws UsageError if a rehearsal could not tell anything with these settings */
function checkSettings(settings: Settings): Settings & { statusPassword: string } {
  const { statusPassword, minParticipants } = settings;
  if (statusPassword === undefined) {
    throw new UsageError(
      'A rehearsal reads the webhooks and the conferences of the service: set STATUS_PASSWORD, and restart the service. Nobody was called.',
    );
  }
  if (minParticipants !== 2) {
    throw new UsageError('A rehearsal needs MIN_PARTICIPANTS=2: with two phones nothing else can be seen.');
  }
  return { ...settings, statusPassword };
}

/** @throws UsageError if the service doesn't tell what the rehearsal needs */
async function checkPassword(serviceUrl: string, password: string): Promise<void> {
  try {
    await askWebhooks(serviceUrl, password);
    await askFeed(serviceUrl, password);
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error} Nobody was called.`);
  }
}

function describeCost({ resume, hangUp }: RehearseOptions): string {
  const calls = resume
    ? `three short calls, which SignalWire charges for: one to the first
phone, of one to three minutes, and two to the second, of about half a minute.`
    : `two short calls, which SignalWire charges for: one to the first
phone, of one or two minutes, and one to the second, of about half a minute.`;
  const task = hangUp ? '' : '\nYou will be asked to hang up the second phone.';
  return `This places ${calls}
They meet in a room of their own, where no caller comes. What is said there is
recorded, and the recording stays in your space.${task}
All calls are ended when it is over, at Ctrl-C, and if anything fails.`;
}
