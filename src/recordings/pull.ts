import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from '../settings/settings.js';
import type { Space } from '../signalwire/space.js';
import { type DownloadOptions, download } from './download.js';
import { DownloadError } from './download-error.js';
import { fileName, isAudioOf } from './file-name.js';
import { type FinishedRecording, listFinishedRecordings, type RecordingList } from './list-recordings.js';
import { claimPart } from './part-file.js';
import { lacksStory, type Stories, writeStoryFile } from './story-file.js';

/** What happens during a pull. */
export interface PullReporter {
  /** The recordings are known that something must be done for. */
  onListed(list: RecordingList): void;
  /** @param total undefined if it isn't known */
  onProgress(file: string, bytes: number, total: number | undefined): void;
  onFetched(file: string, bytes: number): void;
  /** @param reason a sentence */
  onFailed(file: string, reason: string): void;
  /** Another run is fetching the file. */
  onTaken(file: string): void;
}

export interface PullOptions extends Pick<DownloadOptions, 'signal' | 'waitsMs'> {
  settings: Pick<Settings, 'spaceUrl' | 'projectId' | 'conferencePrefix'>;
  /** Leaves out recordings that began before (ms since 1970). */
  since: number | undefined;
  stories: Stories;
  reporter: PullReporter;
}

/**
 * Fetches the audio of our finished recordings into a folder, which is created if need be, and writes a story file beside each. A
 * recording that is there already, under any name that ends with its SID, isn't fetched again. Nothing that is complete is ever
 * changed or deleted; only a story file without a story is replaced when the feed has one.
 *
 * @throws SpaceError if the recordings can't be listed; the signal's reason if it is aborted; an Error of the file system
 */
export async function pullRecordings(space: Space, folder: string, options: PullOptions): Promise<void> {
  const { settings, since, stories, reporter } = options;
  await mkdir(folder, { recursive: true });
  const files = await readdir(folder);
  const complete = await findComplete(folder, files, stories);
  const isWanted = (sid: string) => !complete.has(sid.toLowerCase());
  const list = await listFinishedRecordings(space, settings, { since, isWanted });
  reporter.onListed(list);
  for (const recording of list.recordings) await pullOne(recording, folder, options);
}

/** The SIDs, in lower case, of recordings for which nothing remains to be done. */
async function findComplete(folder: string, files: string[], { bySid }: Stories): Promise<Set<string>> {
  const present = new Set(files);
  const complete = new Set<string>();
  for (const file of files) {
    const sid = /_([^_]+)\.wav$/i.exec(file)?.[1]?.toLowerCase();
    const json = jsonBeside(file);
    if (sid === undefined || !present.has(json)) continue;
    if (!bySid.has(sid) || !(await lacksStory(join(folder, json)))) complete.add(sid);
  }
  return complete;
}

async function pullOne(recording: FinishedRecording, folder: string, options: PullOptions): Promise<void> {
  const { signal, waitsMs, stories, reporter } = options;
  // Read again each time, because another run may be at work.
  const present = (await readdir(folder)).find((file) => isAudioOf(recording.sid, file));
  const file = present ?? `${fileName(recording)}.wav`;
  const writeStory = () => writeStoryFile(join(folder, jsonBeside(file)), recording, stories);
  if (present !== undefined) return writeStory();

  const part = await claimPart(folder, file);
  if (!part) return reporter.onTaken(file);
  let isOurs = true;
  try {
    const bytes = await download(recording.url, part.file, {
      signal,
      ...(waitsMs && { waitsMs }),
      onAttempt: part.touch,
      onProgress: (received, total) => reporter.onProgress(file, received, total),
    });
    await writeStory();
    isOurs = false;
    await part.complete();
    reporter.onFetched(file, bytes);
  } catch (error) {
    if (!(error instanceof DownloadError)) throw error;
    reporter.onFailed(file, error.message);
  } finally {
    if (isOurs) await part.release();
  }
}

function jsonBeside(audio: string): string {
  return audio.replace(/\.wav$/i, '.json');
}
