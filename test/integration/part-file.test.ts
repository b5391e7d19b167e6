import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { claimPart, type PartFile } from '../../src/recordings/part-file.js';
import { temporaryFolder } from '../support/finished-recordings.js';

const NAME = 'sales.wav';
const HOUR_MS = 60 * 60 * 1000;

async function claim(folder: string): Promise<PartFile> {
  const part = await claimPart(folder, NAME);
  if (!part) throw new Error('Another run has the part.');
  return part;
}

/** Begins a part with that text, as a run that is then killed. */
async function abandon(folder: string, text: string): Promise<string> {
  const { file } = await claim(folder);
  await file.appendFile(text);
  await file.close();
  const [name = ''] = await readdir(folder);
  return join(folder, name);
}

const anHourAgo = () => new Date(Date.now() - HOUR_MS);

it('a part that was released is continued by the next run, however old it is', async () => {
  const folder = await temporaryFolder();
  const first = await claim(folder);
  await first.file.appendFile('begun ');
  await first.release();
  expect(await readdir(folder)).toEqual(['sales.wav.part']);
  await utimes(join(folder, 'sales.wav.part'), anHourAgo(), anHourAgo());
  const second = await claim(folder);
  // Nobody else may take it now, although its content is old.
  expect(await claimPart(folder, NAME)).toBeUndefined();
  await second.file.appendFile('ended');
  await second.complete();
  expect(await readdir(folder)).toEqual([NAME]);
  expect(await readFile(join(folder, NAME), 'utf8')).toBe('begun ended');
});

it('a part belongs to one run alone, until that has been silent for minutes', async () => {
  const folder = await temporaryFolder();
  const path = await abandon(folder, 'begun ');
  expect(await claimPart(folder, NAME)).toBeUndefined();
  await utimes(path, anHourAgo(), anHourAgo());
  const [one, other] = await Promise.all([claimPart(folder, NAME), claimPart(folder, NAME)]);
  expect([one, other].filter(Boolean)).toHaveLength(1);
  const heir = one ?? other;
  await heir?.file.appendFile('ended');
  await heir?.complete();
  expect(await readFile(join(folder, NAME), 'utf8')).toBe('begun ended');
});

it('runs that begin at the same moment write into different files', async () => {
  const folder = await temporaryFolder();
  const parts = (await Promise.all([1, 2, 3].map(() => claimPart(folder, NAME)))).filter((part) => part !== undefined);
  for (const [index, part] of parts.entries()) await part.file.appendFile(`whole ${index}`);
  for (const part of parts) await part.complete();
  expect(await readdir(folder)).toEqual([NAME]);
  expect(await readFile(join(folder, NAME), 'utf8')).toBe(`whole ${parts.length - 1}`);
});

it('an empty part is removed, and other files are left alone', async () => {
  const folder = await temporaryFolder();
  const others = ['sales.wav.txt', 'sales.part', 'xsales.wav.part'];
  for (const other of others) await writeFile(join(folder, other), 'not ours');
  await (await claim(folder)).release();
  expect((await readdir(folder)).toSorted()).toEqual(others.toSorted());
});
