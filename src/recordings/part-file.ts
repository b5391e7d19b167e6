import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The part of a file that has arrived so far. */
export interface PartFile {
  /** Opened for appending and reading. */
  file: FileHandle;
  /** Gives the part the name of the whole file. */
  complete(): Promise<void>;
  /** Must be called at the end. What isn't complete stays for a later run; an empty part is removed. */
  close(): Promise<void>;
}

/**
 * Opens the part of a file that an earlier run has left, or begins a new one. The folder must be locked.
 *
 * @param name the name of the whole file
 */
export async function openPart(folder: string, name: string): Promise<PartFile> {
  const path = partPath(folder, name);
  const file = await open(path, 'a+');
  return {
    file,
    async complete() {
      // Otherwise a power cut could leave a complete name with an incomplete file.
      await file.sync();
      await rename(path, join(folder, name));
    },
    async close() {
      const { size } = await file.stat();
      await file.close();
      if (size === 0) await rm(path);
    },
  };
}

/** How many bytes of a file have arrived. */
export async function sizeOfPart(folder: string, name: string): Promise<number> {
  const found = await stat(partPath(folder, name)).catch(() => undefined);
  return found?.isFile() ? found.size : 0;
}

function partPath(folder: string, name: string): string {
  return join(folder, `${name}.part`);
}
