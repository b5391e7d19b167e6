import { randomUUID } from 'node:crypto';
import { type Stats, statSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileErrorCode } from './file-error.js';

/** The lock of a run that hasn't touched it for so long may be taken over: the run was killed (ms). */
const SILENCE_MS = 10_000;

/** How often a run touches its lock in that time. */
const TOUCHES = 10;

export const LOCK_NAME = '.recordings-pull.lock';

/** Another run has the folder. The message is a sentence. */
export class FolderInUse extends Error {}

/** A folder that this run alone may write into. */
export interface FolderLock {
  /** Aborted if another run has taken over, because this one was stopped for too long. */
  lost: AbortSignal;
  release(): Promise<void>;
}

/**
 * Locks a folder by a file in it. A run touches its lock all the time; one that isn't touched for `silenceMs` was left by a run that
 * was killed, and is taken over. Times are only compared for being different, so it doesn't matter if a clock is changed.
 *
 * @throws FolderInUse; the signal's reason if it is aborted; an Error of the file system
 */
export async function lockFolder(folder: string, signal: AbortSignal, silenceMs = SILENCE_MS): Promise<FolderLock> {
  const path = join(folder, LOCK_NAME);
  const intervalMs = silenceMs / TOUCHES;
  const file = (await create(path)) ?? (await takeOver(path, intervalMs, signal));
  if (!file) throw new FolderInUse(`Another run is fetching into ${folder}, so this one has fetched nothing.`);
  const own = await file.stat();
  const isOurs = () => isSameFile(own, look(path));

  const lost = new AbortController();
  const timer = setInterval(() => {
    if (isOurs()) touch(file).catch((error) => lost.abort(error));
    else lost.abort(new Error(`${path} is gone or belongs to another run now, so this one has stopped.`));
  }, intervalMs);
  return {
    lost: lost.signal,
    async release() {
      clearInterval(timer);
      await file.close();
      if (isOurs()) await rm(path);
    },
  };
}

/** @returns undefined if there is such a file already */
async function create(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'wx');
  } catch (error) {
    if (fileErrorCode(error) !== 'EEXIST') throw error;
  }
}

/** Takes over a lock that nobody touches. @returns undefined if somebody does */
async function takeOver(path: string, intervalMs: number, signal: AbortSignal): Promise<FileHandle | undefined> {
  const first = look(path);
  for (let intervals = 0; intervals < TOUCHES; intervals += 1) {
    await delay(intervalMs, undefined, { signal });
    const now = look(path);
    if (!isSameFile(first, now) || first?.mtimeMs !== now?.mtimeMs) return undefined;
  }
  const replacement = `${path}.${randomUUID()}`;
  const file = await open(replacement, 'wx');
  const own = await file.stat();
  await rename(replacement, path);
  // Several runs may do so at the same moment: the last one has the folder.
  await delay(intervalMs);
  if (isSameFile(own, look(path))) return file;
  await file.close();
}

async function touch(file: FileHandle): Promise<void> {
  const now = new Date();
  await file.utimes(now, now);
}

function look(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

function isSameFile(one: Stats | undefined, other: Stats | undefined): boolean {
  return one !== undefined && one.ino === other?.ino && one.dev === other.dev;
}
