import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../support/logging-process.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');
const FULL = '/dev/full';

/** Starts a process that logs, and waits until it has logged more than a pipe holds. */
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

describe('a log that cannot be written', () => {
  it('as its reader is gone keeps the process neither from working nor from stopping', async () => {
    const { child, exit, hasLogged, errors } = await startLogging('pipe');
    child.stdout?.destroy();
    await hasLogged;
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
    expect(errors()).toBe('much\n');
  });

  it('as nobody reads it does not either, and what was written is whole', async () => {
    const { child, exit, hasLogged, errors } = await startLogging('pipe');
    await hasLogged;
    // Just then Node would begin to read what nobody has read.
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

  it.skipIf(!existsSync(FULL))('as the disk is full does not either', async () => {
    const full = openSync(FULL, 'w');
    const { child, exit, hasLogged, errors } = await startLogging(full);
    closeSync(full);
    await hasLogged;
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
    expect(errors()).toBe('much\n');
  });

  it('as it was never open does not either', async () => {
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
