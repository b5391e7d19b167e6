import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../support/logging-process.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');
const FULL = '/dev/full';

/** Starts a process that logs. `hasLogged` resolves once it has logged more than fits into a pipe. */
async function startLogging(stdout: 'pipe' | number, command = process.execPath, before: string[] = []) {
  const args = [...before, '--import', TSX, PROGRAM];
  const child = spawn(command, args, { stdio: ['ignore', stdout, 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const exit = once(child, 'exit');
  let errors = '';
  const hasLogged = new Promise((resolve) => child.stderr?.once('data', resolve));
  child.stderr?.on('data', (text) => (errors += text));
  return { child, exit, hasLogged, errors: () => errors };
}

describe('a process that logs', () => {
  it('keeps working, and stops, after the reader of its log has gone', async () => {
    const { child, exit, hasLogged, errors } = await startLogging('pipe');
    child.stdout?.destroy();
    await hasLogged;
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
    expect(errors()).toBe('much\n');
  });

  it('keeps working, and stops, while nobody reads its log, and truncates no line', async () => {
    const { child, exit, hasLogged, errors } = await startLogging('pipe');
    await hasLogged;
    // From then on, the test reads what nobody has read so far.
    let read = '';
    child.once('exit', () => child.stdout?.setEncoding('utf8').on('data', (text) => (read += text)));
    const end = once(child, 'close');
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
    expect(errors()).toBe('much\n');
    await end;
    const lines = read.split('\n').slice(0, -1);
    expect(lines.length).toBeGreaterThan(50);
    expect(lines.map((line) => JSON.parse(line).count)).toEqual(lines.map((_, index) => index));
  });

  it.skipIf(!existsSync(FULL))('keeps working, and stops, when the disk is full', async () => {
    const full = openSync(FULL, 'w');
    const { child, exit, hasLogged, errors } = await startLogging(full);
    closeSync(full);
    await hasLogged;
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
    expect(errors()).toBe('much\n');
  });

  it('keeps working, and stops, with stdout closed', async () => {
    const { child, exit, hasLogged, errors } = await startLogging('pipe', '/bin/sh', [
      '-c',
      'exec "$0" "$@" >&-',
      process.execPath,
    ]);
    await hasLogged;
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
    expect(errors()).toBe('much\n');
  });
});
