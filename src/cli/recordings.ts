import { stat } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import { FolderInUse } from '../recordings/folder-lock.js';
import { listFinishedRecordings } from '../recordings/list-recordings.js';
import { pullRecordings } from '../recordings/pull.js';
import { parseSince } from '../recordings/since.js';
import type { Stories } from '../recordings/story-file.js';
import { localUrl } from '../running-service/ask-health.js';
import { askStories } from '../running-service/ask-stories.js';
import type { Settings } from '../settings/settings.js';
import { REFUSED_CREDENTIALS } from '../signalwire/refused-credentials.js';
import { createSpace } from '../signalwire/rest-space.js';
import type { Space } from '../signalwire/space.js';
import { isUnauthorized } from '../signalwire/space-error.js';
import { formatJson, formatTable } from './format-recordings.js';
import { createPullOutput, warnOfOmissions } from './pull-reporter.js';
import { requireSettings } from './require-settings.js';
import { UsageError } from './usage-error.js';

/** How long a request for a page of a list may take (ms). It may have a thousand items. */
const REQUEST_MS = 30_000;

/** `EX_TEMPFAIL` of sysexits.h: nothing is wrong, and the command may succeed later. */
const IN_USE = 75;

const SINCE = [
  '--since <when>',
  'only those that began then or later: a duration (24h, 7d), or an ISO 8601 date or time, in UTC unless it names a zone',
] as const;

export const command = new Command('recordings')
  .description('List the finished recordings of our conferences, newest first.')
  .option(...SINCE, since)
  .option('--json', 'print a JSON array')
  // So that both commands can have --since.
  .enablePositionalOptions()
  .addHelpText('after', '\nExits with 1 if SignalWire fails, and with 2 if an argument or a setting is wrong.')
  .action(list);

command
  .command('pull')
  .description('Fetch the finished recordings that a folder lacks, and the story of each. Deletes nothing anywhere.')
  .argument('<dir>', 'the folder, which is created if the one above it exists')
  .option(...SINCE, since)
  .addHelpText(
    'after',
    `
Exits with 0 if the folder has all finished recordings, 1 if anything failed or was interrupted (run it again to go on),
2 if an argument or a setting is wrong, and ${IN_USE} if another run is fetching into the folder.`,
  )
  .action((dir: string, options: { since?: number }) => pull(dir, { ...command.opts(), ...options }));

async function list(options: { since?: number; json?: true }): Promise<void> {
  const settings = requireSettings();
  await withSpace(settings, async (space) => {
    const found = await listFinishedRecordings(space, settings, { since: options.since });
    warnOfOmissions(found);
    if (options.json) console.log(formatJson(found.recordings));
    else if (found.recordings.length > 0) console.log(formatTable(found.recordings));
    else console.error('There are no finished recordings.');
  });
}

async function pull(folder: string, options: { since?: number; json?: true }): Promise<void> {
  if (options.json) throw new UsageError('--json is for the list alone.');
  if (await isOtherThanFolder(folder)) throw new UsageError(`${folder} is not a folder.`);
  const settings = requireSettings();
  const interruption = new AbortController();
  const { signal } = interruption;
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => interruption.abort());
  const stories = await readStories(settings);
  const output = createPullOutput(process.stdout, stories.warning);
  try {
    await withSpace(settings, async (space) => {
      signal.addEventListener('abort', space.close);
      await pullRecordings(space, folder, { settings, since: options.since, stories, reporter: output, signal });
    });
  } catch (error) {
    if (error instanceof FolderInUse) {
      console.error(error.message);
      process.exitCode = IN_USE;
      return;
    }
    if (!signal.aborted) throw error;
    output.onInterrupted();
  } finally {
    if (!output.finish()) process.exitCode = 1;
  }
}

/** Uses a space, and closes it. Explains a 401. */
async function withSpace(settings: Settings, use: (space: Space) => Promise<void>): Promise<void> {
  const space = createSpace({ ...settings, timeoutMs: REQUEST_MS });
  try {
    await use(space);
  } catch (error) {
    throw isUnauthorized(error) ? new Error(REFUSED_CREDENTIALS, { cause: error }) : error;
  } finally {
    space.close();
  }
}

/** The stories that the service on this machine has. That it can't be asked is no failure, but the user is warned. */
async function readStories(settings: Settings): Promise<Stories & { warning?: string }> {
  const { statusPassword } = settings;
  if (statusPassword === undefined) {
    return { bySid: new Map(), whyMissing: "STATUS_PASSWORD is not set, so the service's feed could not be read." };
  }
  try {
    const stories = await askStories(localUrl(settings), statusPassword);
    const bySid = new Map(stories.map((story) => [story.recordingSid.toLowerCase(), story]));
    return { bySid, whyMissing: "The service's feed doesn't have it: it has the last 20 conferences since its start." };
  } catch (error) {
    const whyMissing = error instanceof Error ? error.message : String(error);
    return { bySid: new Map(), whyMissing, warning: `The stories are missing: ${whyMissing}` };
  }
}

async function isOtherThanFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && !found.isDirectory();
}

function since(text: string): number {
  const at = parseSince(text, Date.now());
  if (at === undefined) throw new InvalidArgumentError('It must be a duration (24h, 7d), or an ISO 8601 date or time.');
  return at;
}
