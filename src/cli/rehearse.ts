import { constants, existsSync } from 'node:fs';
import { access, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import { runRehearsal } from '../rehearsal/run.js';
import { formatTable } from '../rehearsal/table.js';
import type { Settings } from '../settings/settings.js';
import { askFeed } from './ask-feed.js';
import { askHealth, localUrl } from './ask-health.js';
import { askWebhooks } from './ask-webhooks.js';
import { phoneNumber } from './phone-number.js';
import { requireSettings } from './require-settings.js';
import { findPublicUrl } from './running-service.js';
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
  .option('--from <number>', 'which of your numbers to call from (default: SIGNALWIRE_PHONE_NUMBER)', phoneNumber)
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
  const settings = requireSettings();
  const from = options.from ?? settings.phoneNumber;
  if (!from) {
    throw new UsageError('There is no number to call from: use --from +15551234567, or set SIGNALWIRE_PHONE_NUMBER.');
  }
  if (new Set([first, second, from]).size < 3) {
    throw new UsageError('The two phones, and the number to call from, must be three different numbers.');
  }
  const checked = checkSettings(settings);
  const file = options.report === '-' ? undefined : await newFile(options.report);
  const publicUrl = await findPublicUrl(settings);
  const local = await askHealth(localUrl(settings)).catch(() => undefined);
  const serviceUrl = local?.publicUrl === publicUrl ? localUrl(settings) : publicUrl;
  await checkPassword(serviceUrl, checked.statusPassword);

  console.error(describeCost(options));
  if (!options.yes) await confirm();
  const stop = stopOnSignals();
  const outcome = await runRehearsal({
    settings: checked,
    publicUrl,
    serviceUrl,
    from,
    first,
    second,
    hangsUp: options.hangUp === true,
    resumes: options.resume,
    signal: stop.signal,
    say: (sentence) => console.error(sentence),
  });
  const { report, failure, stillAlive } = outcome;
  if (failure !== undefined) console.error(failure);
  if (stillAlive.length > 0) console.error(howToHangUp(stillAlive, settings.spaceUrl));
  else if (report) console.error('Every call is hung up.');
  process.exitCode = failure === undefined && stillAlive.length === 0 ? 0 : 1;
  if (report) {
    if (report.findings.some(({ verdict }) => verdict === 'not ok')) process.exitCode = 1;
    const json = `${JSON.stringify(report, null, 2)}\n`;
    const table = `\n${formatTable(report.findings)}\n`;
    if (file === undefined) console.error(table);
    else console.log(table);
    if (file === undefined) process.stdout.write(json);
    else await save(file, json);
  }
  stop.release();
}

/** Where the report goes. @throws UsageError if it can't be written there, before anybody is called */
async function newFile(given = `rehearsal-${new Date().toISOString().replace(/[:.]/g, '-')}.json`): Promise<string> {
  const file = resolve(given);
  if (existsSync(file)) throw new UsageError(`${file} is there already, and is not overwritten.`);
  await access(dirname(file), constants.W_OK).catch(() => {
    throw new UsageError(`${file} can't be written. Use --report with another path, or with - to print the report.`);
  });
  return file;
}

/** Prints the report if it can't be written after all: it has cost calls. */
async function save(file: string, json: string): Promise<void> {
  try {
    // `wx`: somebody may have written the file meanwhile.
    await writeFile(file, json, { flag: 'wx' });
    console.log(`The report is in ${file}`);
  } catch (error) {
    console.error(`The report could not be written, so here it is: ${error instanceof Error ? error.message : error}`);
    process.stdout.write(json);
    process.exitCode = 1;
  }
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
    ? 'three short calls: one to the first phone, of one to three minutes, and two to the second, of about half a minute each'
    : 'two short calls: one to the first phone, of one or two minutes, and one to the second, of about half a minute';
  const person = hangUp ? '' : ' You will be asked to hang up the second phone.';
  return (
    `This places ${calls}, which SignalWire charges for. They meet in a room of their own, where no caller comes. What is ` +
    `said there is recorded, and the recording stays in your space.${person} All calls are ended when it is over, at ` +
    'Ctrl-C, and if anything fails.'
  );
}

/** @throws UsageError without a terminal, or Error if the answer isn't yes */
async function confirm(): Promise<void> {
  if (!process.stdin.isTTY) throw new UsageError('Without a terminal to ask on, it needs --yes. Nobody was called.');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await new Promise<string>((settle) => {
    // Ctrl-C and Ctrl-D.
    terminal.once('close', () => settle(''));
    terminal.question('Call now? [y/N] ').then(settle, () => settle(''));
  });
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new Error('Nobody was called.');
}

/** Aborts at a signal or an uncaught error, and keeps the process alive until the calls are hung up. */
function stopOnSignals(): { signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const onSignal = (name: string) => {
    if (!controller.signal.aborted) console.error(`${name}: hanging up.`);
    controller.abort(new Error(`The rehearsal was cut short by ${name}.`));
  };
  const onError = (error: unknown) => controller.abort(error);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, onSignal);
  process.on('uncaughtException', onError).on('unhandledRejection', onError);
  return {
    signal: controller.signal,
    release() {
      for (const name of signals) process.off(name, onSignal);
      process.off('uncaughtException', onError).off('unhandledRejection', onError);
    },
  };
}

function howToHangUp(callSids: string[], spaceUrl: string): string {
  const commands = callSids.map(
    (sid) =>
      `  curl -u "$SIGNALWIRE_PROJECT_ID:$SIGNALWIRE_API_TOKEN" -d Status=completed \\\n` +
      `    "${spaceUrl}/api/laml/2010-04-01/Accounts/$SIGNALWIRE_PROJECT_ID/Calls/${sid}"`,
  );
  return `SignalWire did not confirm that these calls are over. Hang up the phones, or end the calls:\n${commands.join('\n')}`;
}
