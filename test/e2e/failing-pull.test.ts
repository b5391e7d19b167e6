import { existsSync } from 'node:fs';
import { readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { RECORDINGS, run } from '../support/processes.js';
import { startRecorded } from '../support/recorded.js';

/** Whatever is written to it fails with ENOSPC. Only Linux has it. */
const FULL_DISK = '/dev/full';

it('exits with 1 if a file fails', async () => {
  const { simulator, sids, folder, recordings } = await startRecorded('sales', 'support');
  simulator.onRequest = (request, handle) =>
    request.path.endsWith(String(sids[0])) ? { status: 404, body: '' } : handle();
  const { code, out, err } = await recordings(['pull', folder]);
  expect(err).toMatch(/_sales_.*\.wav: SignalWire has no audio at its address \(404\)\.\n.*run the command again/);
  expect(out).toMatch(/_support_.*\.wav {2}1\.0 MB\n1 fetched, 1 failed\.\n$/);
  expect(code).toBe(1);
});

// Node's recursive mkdir would never end in /proc.
it.each(['/proc/x', '/nowhere/x'])('exits with 1 and a sentence if %s can not be created', async (path) => {
  const { recordings } = await startRecorded();
  const { code, out, err } = await recordings(['pull', path]);
  expect(err).toMatch(/^\S+ can't be created: the folder above it doesn't exist, or can't have others in it\.\n$/);
  expect({ code, out }).toEqual({ code: 1, out: '' });
});

it('prints a failure at every run, also when there is nothing new', async () => {
  const { simulator, folder, recordings } = await startRecorded();
  simulator.onRequest = () => ({ status: 503, body: '' });
  for (let run = 0; run < 2; run += 1) {
    expect(await recordings(['pull', folder])).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/ 503/),
    });
  }
});

it('exits with 75 and one line while another run is fetching, and takes over from one that was killed', async () => {
  const { simulator, sids, folder, env, recordings } = await startRecorded('sales', 'support');
  const answer = simulator.onRequest;
  simulator.onRequest = (request, handle) =>
    request.path.endsWith(String(sids[0])) ? { ...handle(), cut: { bytes: 5000, ending: 'hang' } } : handle();
  const { child, exit } = await run(RECORDINGS, env, undefined, ['pull', folder]);
  const part = join(folder, `2026-11-24T12-00-21Z_sales_${sids[0]}.wav.part`);
  await eventually(async () => expect((await stat(part)).size).toBe(5000));
  expect(await recordings(['pull', folder])).toEqual({
    ...{ code: 75, out: '' },
    err: `Another run is fetching into ${folder}, so this one has fetched nothing.\n`,
  });
  child.kill('SIGKILL');
  await exit;
  simulator.onRequest = answer;
  expect(await recordings(['pull', folder])).toMatchObject({
    code: 0,
    out: expect.stringMatching(/1 fetched, 0 fai/),
  });
  expect((await readdir(folder)).map(extname).toSorted()).toEqual(['.json', '.json', '.wav', '.wav']);
});

it.skipIf(!existsSync(FULL_DISK))(
  'says which file found the disk full, and what it fetched before, with exit code 1',
  async () => {
    const { sids, folder, recordings } = await startRecorded('a', 'b', 'c');
    // Newest first: c is fetched, b finds the disk full, and a is not tried.
    const b = `2026-11-24T12-01-21Z_b_${sids[1]}.wav`;
    await symlink(FULL_DISK, join(folder, `${b}.part`));
    const { code, out, err } = await recordings(['pull', folder]);
    expect(out).toMatch(/^2026-11-24T12-02-21Z_c_.*\.wav {2}1\.0 MB\n1 fetched, 1 failed, 1 not fetched\.\n$/);
    expect(err).toBe(`${b}: The disk is full (ENOSPC).\nWhat has come is kept: run the command again to go on.\n`);
    expect(code).toBe(1);
  },
);

it('says that it cannot write into the folder', async () => {
  const { folder, recordings } = await startRecorded('sales');
  await writeFile(join(folder, 'file'), '');
  const { code, out, err } = await recordings(['pull', join(folder, 'file', 'below')]);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(/^\S+below can't be written: ENOTDIR: .*\.\n$/);
});

it.each(['SIGINT', 'SIGTERM'] as const)('leaves what has come to the next run after a %s', async (signal) => {
  const { simulator, sids, folder, env, recordings } = await startRecorded('sales');
  const answer = simulator.onRequest;
  simulator.onRequest = (request, handle) =>
    request.path.endsWith(String(sids[0])) ? { ...handle(), cut: { bytes: 5000, ending: 'hang' } } : handle();
  const { child, exit, output } = await run(RECORDINGS, env, undefined, ['pull', folder]);
  await eventually(async () => {
    const part = (await readdir(folder)).find((name) => name.endsWith('.part')) ?? '';
    expect((await readFile(join(folder, part))).length).toBe(5000);
  });
  child.kill(signal);
  expect((await exit)[0]).toBe(1);
  expect(output.err).toMatch(/^Interrupted\.\n.*run the command again to go on/);
  expect(await readdir(folder)).toEqual([`2026-11-24T12-00-21Z_sales_${sids[0]}.wav.part`]);
  simulator.onRequest = answer;
  expect(await recordings(['pull', folder])).toMatchObject({ code: 0, err: '' });
});

it('ends at once if it is interrupted while SignalWire does not answer', async () => {
  const { simulator, folder, env } = await startRecorded();
  let isAsked = false;
  simulator.onRequest = () => {
    isAsked = true;
    return new Promise(() => {});
  };
  const { child, exit, output } = await run(RECORDINGS, env, undefined, ['pull', folder]);
  await eventually(() => expect(isAsked).toBe(true));
  child.kill('SIGINT');
  expect((await exit)[0]).toBe(1);
  expect(output.err).toMatch(/^Interrupted\.\n/);
});
