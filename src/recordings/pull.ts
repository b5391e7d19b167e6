import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from '../settings/settings.js';
import type { Space } from '../signalwire/space.js';
import { type DownloadOptions, download } from './download.js';
import { DownloadBreak, DownloadError } from './download-error.js';
import { fileErrorCode } from './file-error.js';
import { audioName, sidOfAudio, storyName } from './file-name.js';
import { type FolderLock, lockFolder } from './folder-lock.js';
import { type FinishedRecording, listFinishedRecordings, type RecordingList } from './list-recordings.js';
import { openPart, sizeOfPart } from './part-file.js';
import { lacksStory, type Stories, writeStoryFile } from './story-file.js';

/** What happens during a pull. */
export interface PullReporter {
  /** @param missing how many audio files are to be fetched */
  onListed(list: RecordingList, missing: number): void;
  /** @param total undefined if it isn't known */
  onProgress(file: string, bytes: number, total: number | undefined): void;
  onFetched(file: string, bytes: number): void;
  /**
   * @param reason a sentence
   * @param kept how many bytes of it are there, from which the next run goes on
   */
  onFailed(file: string, reason: string, kept: number): void;
}

export interface PullOptions extends Pick<DownloadOptions, 'signal' | 'waitsMs'> {
  settings: Pick<Settings, 'spaceUrl' | 'projectId' | 'conferencePrefix'>;
  /** Leaves out recordings that began before (ms since 1970). */
  since: number | undefined;
  stories: Stories;
  reporter: PullReporter;
  /** As in `lockFolder`. */
  silenceMs?: number;
}

/** After so many files in a row whose connection broke, the network is down, and the others aren't tried. */
const MAX_BREAKS = 5;

/** The disk, or the user's share of it, is full. */
const DISK_FULL = ['ENOSPC', 'EDQUOT'];

/**
 * Fetches the audio of our finished recordings into a folder, which is created if the one above it exists, and writes a story file beside each. A
 * recording that is there already, under any name that ends with its SID, isn't fetched again. Nothing that is complete is ever
 * changed or deleted; only a story file without a story is replaced when the feed has one. Ends early if the disk is full or the
 * network is down.
 *
 * @throws FolderInUse; SpaceError if the recordings can't be listed; the signal's reason if it is aborted; an Error if the folder
 * can't be read or written
 */
export async function pullRecordings(space: Space, folder: string, options: PullOptions): Promise<void> {
  const lock = await prepareFolder(folder, options);
  const signal = AbortSignal.any([options.signal, lock.lost]);
  try {
    await pullInto(folder, space, { ...options, signal });
  } finally {
    await lock.release();
  }
}

async function prepareFolder(folder: string, { signal, silenceMs }: PullOptions): Promise<FolderLock> {
  try {
    await createFolder(folder);
    return await lockFolder(folder, signal, silenceMs);
  } catch (error) {
    if (error instanceof Error && fileErrorCode(error) !== undefined) {
      throw new Error(`${folder} can't be written: ${error.message}.`, { cause: error });
    }
    throw error;
  }
}

/** Creates a folder, unless it is there. Not those above it: in some, such as /proc, Node would try for ever. */
async function createFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === 'ENOENT') {
      throw new Error(`${folder} can't be created: the folder above it doesn't exist, or can't have others in it.`);
    }
    if (code !== 'EEXIST') throw error;
  }
}

async function pullInto(folder: string, space: Space, options: PullOptions): Promise<void> {
  const { settings, since, stories, reporter, signal } = options;
  const files = new Set(await readdir(folder));
  const audioBySid = new Map([...files].map((file) => [sidOfAudio(file), file]));
  const audioOf = ({ sid }: FinishedRecording) => audioBySid.get(sid.toLowerCase());

  const complete = await findComplete(folder, files, stories);
  const isWanted = (sid: string) => !complete.has(sid.toLowerCase());
  const list = await listFinishedRecordings(space, settings, { since, isWanted });
  reporter.onListed(list, list.recordings.filter((recording) => audioOf(recording) === undefined).length);

  let breaks = 0;
  for (const recording of list.recordings) {
    const present = audioOf(recording);
    const file = present ?? audioName(recording);
    try {
      if (present === undefined) await fetchAudio(recording, file, folder, options);
      else await writeStoryFile(join(folder, storyName(file)), recording, stories);
      breaks = 0;
    } catch (error) {
      signal.throwIfAborted();
      reporter.onFailed(file, reasonOf(error), await sizeOfPart(folder, file));
      breaks = error instanceof DownloadBreak ? breaks + 1 : 0;
      if (breaks === MAX_BREAKS || isDiskFull(error)) return;
    }
  }
}

/** The SIDs, in lower case, of recordings for which nothing remains to be done. */
async function findComplete(folder: string, files: Set<string>, { bySid }: Stories): Promise<Set<string>> {
  const complete = new Set<string>();
  for (const file of files) {
    const sid = sidOfAudio(file);
    const story = storyName(file);
    if (sid === undefined || !files.has(story)) continue;
    if (!bySid.has(sid) || !(await lacksStory(join(folder, story)))) complete.add(sid);
  }
  return complete;
}

async function fetchAudio(
  recording: FinishedRecording,
  file: string,
  folder: string,
  { signal, waitsMs, stories, reporter }: PullOptions,
): Promise<void> {
  const part = await openPart(folder, file);
  try {
    const bytes = await download(recording.url, part.file, {
      signal,
      ...(waitsMs && { waitsMs }),
      onProgress: (received, total) => reporter.onProgress(file, received, total),
    });
    await writeStoryFile(join(folder, storyName(file)), recording, stories);
    await part.complete();
    reporter.onFetched(file, bytes);
  } finally {
    await part.close();
  }
}

/** Why a file failed, as a sentence. @throws what is neither a failed download nor an error of the file system */
function reasonOf(error: unknown): string {
  if (error instanceof DownloadError) return error.message;
  const code = fileErrorCode(error);
  if (code === undefined || !(error instanceof Error)) throw error;
  return isDiskFull(error) ? `The disk is full (${code}).` : `${error.message}.`;
}

function isDiskFull(error: unknown): boolean {
  return DISK_FULL.includes(fileErrorCode(error) ?? '');
}
