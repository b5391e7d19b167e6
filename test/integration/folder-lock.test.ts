import { readdir, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { FolderInUse, type FolderLock, LOCK_NAME, lockFolder } from '../../src/recordings/folder-lock.js';
import { eventually } from '../support/eventually.js';
import { temporaryFolder } from '../support/finished-recordings.js';

const NEVER = new AbortController().signal;

async function lock(folder: string, silenceMs = 1000): Promise<FolderLock> {
  const held = await lockFolder(folder, NEVER, silenceMs);
  onTestFinished(() => held.release());
  return held;
}

/** Locks the folder as a run that is stopped, or killed, before it gives a sign of life. */
const abandon = (folder: string) => lock(folder, 3_600_000);

it('one run at a time has a folder, and leaves nothing in it', async () => {
  const folder = await temporaryFolder();
  const held = await lockFolder(folder, NEVER, 1000);
  await expect(lock(folder)).rejects.toThrow(FolderInUse);
  await expect(lock(folder)).rejects.toThrow(
    `Another run is fetching into ${folder}, so this one has fetched nothing.`,
  );
  expect(held.lost.aborted).toBe(false);
  await held.release();
  expect(await readdir(folder)).toEqual([]);
  await lock(folder);
});

it('a lock whose clock is years ahead or behind is respected as long as its run lives', async () => {
  const folder = await temporaryFolder();
  await lock(folder);
  for (const year of ['1999', '2099']) {
    const then = new Date(`${year}-01-01`);
    await utimes(join(folder, LOCK_NAME), then, then);
    await expect(lock(folder)).rejects.toThrow(FolderInUse);
  }
});

it('of several runs that find the lock of a killed one, one takes over', async () => {
  const folder = await temporaryFolder();
  const stopped = await abandon(folder);
  const heirs = await Promise.allSettled([1, 2, 3].map(() => lock(folder)));
  expect(heirs.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const heir of heirs) if (heir.status === 'rejected') expect(heir.reason).toBeInstanceOf(FolderInUse);
  // If it was only stopped, it leaves the other run's lock alone.
  await stopped.release();
  await expect(lock(folder)).rejects.toThrow(FolderInUse);
});

it('a run learns that it has lost its folder', async () => {
  const folder = await temporaryFolder();
  const { lost } = await lock(folder);
  await rm(join(folder, LOCK_NAME));
  await eventually(() =>
    expect(lost.reason).toMatchObject({ message: expect.stringMatching(/^\S+ is gone or belongs/) }),
  );
});

it('waiting for a sign of life can be interrupted', async () => {
  const folder = await temporaryFolder();
  await abandon(folder);
  await expect(lockFolder(folder, AbortSignal.abort(), 60_000)).rejects.toMatchObject({ name: 'AbortError' });
});
