import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openPart, sizeOfPart } from '../../src/recordings/part-file.js';
import { temporaryFolder } from '../support/finished-recordings.js';

const NAME = 'sales.wav';

it('a part is continued by the next run, and gets the name of the whole file when it is complete', async () => {
  const folder = await temporaryFolder();
  expect(await sizeOfPart(folder, NAME)).toBe(0);
  const first = await openPart(folder, NAME);
  await first.file.appendFile('begun ');
  await first.close();
  expect(await readdir(folder)).toEqual(['sales.wav.part']);
  expect(await sizeOfPart(folder, NAME)).toBe(6);
  const second = await openPart(folder, NAME);
  await second.file.appendFile('ended');
  await second.complete();
  await second.close();
  expect(await readdir(folder)).toEqual([NAME]);
  expect(await readFile(join(folder, NAME), 'utf8')).toBe('begun ended');
});

it('only a file counts as a part', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'sales.wav.part'));
  expect(await sizeOfPart(folder, NAME)).toBe(0);
});

it('an empty part is removed, and other files are left alone', async () => {
  const folder = await temporaryFolder();
  const others = ['sales.wav.txt', 'sales.part', 'xsales.wav.part'];
  for (const other of others) await writeFile(join(folder, other), 'not ours');
  await (await openPart(folder, NAME)).close();
  expect((await readdir(folder)).toSorted()).toEqual(others.toSorted());
});
