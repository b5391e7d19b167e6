import type { RecordingList } from '../recordings/list-recordings.js';
import type { PullReporter } from '../recordings/pull.js';
import { formatBytes } from './format-recordings.js';

/** A pull's output: a line for each file, which shows its progress on a terminal. Nothing at all if there is nothing new. */
export interface PullOutput extends PullReporter {
  onInterrupted(): void;
  /** Prints a summary. @returns whether nothing failed, and nothing interrupted the pull */
  finish(): boolean;
}

/** How often the progress is printed (ms). */
const PROGRESS_MS = 100;

/** Returns to the beginning of the line and erases it. */
const ERASE_LINE = '\r\u001B[K';

/** @param stream where everything except failures is printed, usually `process.stdout` */
export function createPullOutput(stream: NodeJS.WriteStream): PullOutput {
  let files = 0;
  let fetched = 0;
  let failed = 0;
  let taken = 0;
  let isInterrupted = false;
  let printedAt = 0;

  const erase = () => {
    if (stream.isTTY) stream.write(ERASE_LINE);
  };
  const printLine = (line: string) => {
    erase();
    stream.write(`${line}\n`);
  };

  return {
    onListed(list) {
      files = list.recordings.length;
      warnOfOmissions(list);
    },
    onProgress(file, bytes, total) {
      if (!stream.isTTY || Date.now() - printedAt < PROGRESS_MS) return;
      printedAt = Date.now();
      const share = total === undefined ? formatBytes(bytes) : `${formatBytes(bytes)} of ${formatBytes(total)}`;
      const line = `${fetched + failed + taken + 1}/${files}  ${file}  ${share}`;
      stream.write(ERASE_LINE + line.slice(0, stream.columns - 1));
    },
    onFetched(file, bytes) {
      fetched += 1;
      printLine(`${file}  ${formatBytes(bytes)}`);
    },
    onFailed(file, reason) {
      failed += 1;
      erase();
      console.error(`${file}: ${reason}`);
    },
    onTaken(file) {
      taken += 1;
      erase();
      console.error(`${file}: another run is fetching it.`);
    },
    onInterrupted() {
      isInterrupted = true;
      erase();
      console.error('Interrupted.');
    },
    finish() {
      erase();
      // cron sends a mail if anything is printed.
      if (stream.isTTY || fetched + failed > 0) stream.write(`${fetched} fetched, ${failed} failed.\n`);
      if (failed > 0 || isInterrupted) console.error('What has come is kept: run the command again to go on.');
      return failed === 0 && !isInterrupted;
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
