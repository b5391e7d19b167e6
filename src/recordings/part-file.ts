import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * When another run has given no sign of life for so long, it has been killed, and its part may be taken over (ms). A run gives one
 * with every byte that arrives and at the beginning of every attempt.
 */
const ABANDONED_MS = 120_000;

/** The part of a file that has arrived so far. It belongs to one run alone, which may append to it. */
export interface PartFile {
  file: FileHandle;
  /** Gives a sign of life to other runs. */
  touch(): Promise<void>;
  /** Gives the part the name of the whole file. */
  complete(): Promise<void>;
  /** Leaves the part for a later run; an empty one is removed. */
  release(): Promise<void>;
}

/**
 * Takes the part of a file that an earlier run has left, or begins a new one. While a run works on a part, its name has a token of
 * the run, so that no two runs ever write into the same file.
 *
 * @param name the name of the whole file
 * @returns undefined if another run is fetching the file
 */
export async function claimPart(folder: string, name: string): Promise<PartFile | undefined> {
  const left = join(folder, `${name}.part`);
  const own = join(folder, `${name}.${randomUUID().slice(0, 8)}.part`);
  if (!(await take(left, own))) {
    for (const other of await partsOfOthers(folder, name)) {
      const isAbandoned = Date.now() - other.touchedAt > ABANDONED_MS;
      if (!isAbandoned || !(await take(other.path, own))) return undefined;
      break;
    }
  }

  const file = await open(own, 'a+');
  return {
    file,
    async touch() {
      const now = new Date();
      await file.utimes(now, now);
    },
    async complete() {
      // Otherwise a power cut could leave a complete name with an incomplete file.
      await file.sync();
      await file.close();
      await rename(own, join(folder, name));
    },
    async release() {
      const { size } = await file.stat();
      await file.close();
      if (size === 0) await rm(own, { force: true });
      else await rename(own, left);
    },
  };
}

/** Renames a part. @returns false if it isn't there (any more) */
async function take(path: string, own: string): Promise<boolean> {
  try {
    // Before it is renamed, so that no other run ever sees it abandoned under the new name.
    const now = new Date();
    await utimes(path, now, now);
    await rename(path, own);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

async function partsOfOthers(folder: string, name: string): Promise<{ path: string; touchedAt: number }[]> {
  const names = (await readdir(folder)).filter((one) => one.startsWith(`${name}.`) && one.endsWith('.part'));
  const parts = names.map(async (one) => {
    const path = join(folder, one);
    return { path, touchedAt: (await stat(path)).mtimeMs };
  });
  // One that has vanished meanwhile was completed or released a moment ago: its run counts as alive.
  const settled = await Promise.all(parts.map((part) => part.catch(ignoreMissing)));
  return settled.map((part) => part ?? { path: '', touchedAt: Date.now() });
}

function ignoreMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
