import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import type { Simulator } from '../../src/simulator/simulator.js';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { simulated } from './simulated.js';

export const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const CLI = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
export const SIMULATOR = [CLI, 'simulator'];
export const CALL = [CLI, 'call'];
export const DOCTOR = [CLI, 'doctor'];
export const RECORDINGS = [CLI, 'recordings'];
export const REHEARSE = [CLI, 'rehearse'];
export const TSX = import.meta.resolve('tsx');

/** Runs a program in a folder of its own, where there is no .env unless the test writes one. */
export async function run(
  program: string | string[],
  env: Record<string, string>,
  dotenv?: string | 'a folder',
  args: string[] = [],
) {
  const cwd = await mkdtemp(join(tmpdir(), 'recorder-'));
  onTestFinished(() => rm(cwd, { recursive: true }));
  if (dotenv === 'a folder') await mkdir(join(cwd, '.env'));
  else if (dotenv) await writeFile(join(cwd, '.env'), dotenv);
  const child: ChildProcess = spawn(process.execPath, ['--import', TSX, ...[program].flat(), ...args], {
    cwd,
    env: { PATH: process.env.PATH, ...env },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output = { out: '', err: '' };
  child.stdout?.on('data', (text) => (output.out += text));
  child.stderr?.on('data', (text) => (output.err += text));
  return { child, cwd, output, exit: once(child, 'exit') };
}

/** Runs a program to its end, and tells its exit code and what it printed. */
export async function runToEnd(program: string | string[], env: Record<string, string>, ...args: string[]) {
  const { exit, output } = await run(program, env, undefined, args);
  const [code] = await exit;
  return { code, ...output };
}

/** The variables of a service beside that simulator. */
export async function environmentFor(simulator?: Simulator) {
  simulator ??= await simulated();
  const env = {
    SIGNALWIRE_SPACE_URL: simulator.url,
    SIGNALWIRE_PROJECT_ID: simulator.projectId,
    SIGNALWIRE_API_TOKEN: simulator.apiToken,
    SIGNALWIRE_SIGNING_KEY: simulator.signingKey,
    PUBLIC_URL: 'https://recorder.example.com',
    HOST: '127.0.0.1',
    PORT: '0',
  };
  return env;
}

/**
 * Starts the service as a process of its own, and points the simulator's number at it.
 *
 * @param port where it listens; a free one if it isn't given
 */
export async function startProcess(simulator: Simulator, env: Record<string, string> = {}, port?: number) {
  port ??= await freePort();
  const url = `http://127.0.0.1:${port}`;
  const service = await run(MAIN, {
    ...(await environmentFor(simulator)),
    PORT: String(port),
    PUBLIC_URL: url,
    ...env,
  });
  await eventually(() => expect(service.output.out).toContain(`Webhook is live at ${url}/inbound`));
  simulator.pointNumber(`${url}/inbound`);
  return { ...service, port, url };
}
