import type { RecordingList } from '../recordings/list-recordings.js';
import type { PullReporter } from '../recordings/pull.js';
import { formatBytes } from './format-recordings.js';

/**
 * A pull's output: a line for each file, which shows its progress on a terminal, and a summary. If nothing is new and nothing wrong,
 * it prints only on a terminal, because cron sends a mail for every line.
 */
export interface PullOutput extends PullReporter {
  onInterrupted(): void;
  /** Prints a summary. @returns whether every file was fetched */
  finish(): boolean;
}

/** How often the progress is printed (ms). */
const PROGRESS_MS = 100;

/** Returns to the beginning of the line and erases it. */
const ERASE_LINE = '\r\u001B[K';

/**
 * @param stream where everything except failures and omissions is printed, usually `process.stdout`
 * @param warning a sentence that is printed with the omissions
 */
export function createPullOutput(stream: NodeJS.WriteStream, warning?: string): PullOutput {
  let isListed = false;
  let missing = 0;
  let fetched = 0;
  let failed = 0;
  let isInterrupted = false;
  let printedAt = 0;

  const erase = () => {
    if (stream.isTTY) stream.write(ERASE_LINE);
  };
  const isNotable = () => isListed && (stream.isTTY || missing + failed > 0);

  return {
    onListed(list, toFetch) {
      isListed = true;
      missing = toFetch;
      if (!isNotable()) return;
      if (warning !== undefined) console.error(warning);
      warnOfOmissions(list);
    },
    onProgress(file, bytes, total) {
      if (!stream.isTTY || Date.now() - printedAt < PROGRESS_MS) return;
      printedAt = Date.now();
      const share = total === undefined ? formatBytes(bytes) : `${formatBytes(bytes)} of ${formatBytes(total)}`;
      const line = `${fetched + failed + 1}/${missing}  ${file}  ${share}`;
      stream.write(ERASE_LINE + line.slice(0, stream.columns - 1));
    },
    onFetched(file, bytes) {
      fetched += 1;
      erase();
      stream.write(`${file}  ${formatBytes(bytes)}\n`);
    },
    onFailed(file, reason, kept) {
      failed += 1;
      erase();
      console.error(`${file}: ${reason}${kept > 0 ? ` ${formatBytes(kept)} of it are kept.` : ''}`);
    },
    onInterrupted() {
      isInterrupted = true;
      erase();
      console.error('Interrupted.');
    },
    finish() {
      const untried = Math.max(0, missing - fetched - failed);
      erase();
      if (isNotable()) {
        stream.write(`${fetched} fetched, ${failed} failed${untried > 0 ? `, ${untried} not fetched` : ''}.\n`);
      }
      const isComplete = failed + untried === 0 && !isInterrupted;
      if (!isComplete) console.error('What has come is kept: run the command again to go on.');
      return isComplete;
    },
  };
}

/** Says on standard error how many recordings are left out, and why. */
export function warnOfOmissions({ unknownConferences, unfinished }: RecordingList): void {
  if (unknownConferences > 0) {
    console.error(
      `${count(unknownConferences)} left out: SignalWire doesn't know the conference (any more), so it can't be told whose it was.`,
    );
  }
  if (unfinished > 0) console.error(`${count(unfinished)} left out for now: the conference isn't over.`);
}

function count(recordings: number): string {
  return recordings === 1 ? '1 recording is' : `${recordings} recordings are`;
}
