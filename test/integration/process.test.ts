import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.js';
import { eventually } from '../support/service-beside-simulator.js';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const SIMULATOR = fileURLToPath(new URL('../../src/simulator/main.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');

/** Runs a program in a folder of its own, where there is no .env unless the test writes one. */
async function run(program: string, env: Record<string, string>, dotenv?: string | 'a folder') {
  const cwd = await mkdtemp(join(tmpdir(), 'recorder-'));
  onTestFinished(() => rm(cwd, { recursive: true }));
  if (dotenv === 'a folder') await mkdir(join(cwd, '.env'));
  else if (dotenv) await writeFile(join(cwd, '.env'), dotenv);
  const child: ChildProcess = spawn(process.execPath, ['--import', TSX, program], {
    cwd,
    env: { PATH: process.env.PATH, ...env },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output = { out: '', err: '' };
  child.stdout?.on('data', (text) => (output.out += text));
  child.stderr?.on('data', (text) => (output.err += text));
  return { child, output, exit: once(child, 'exit') };
}

async function environmentFor() {
  const simulator = await startSimulator();
  onTestFinished(() => simulator.close());
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

describe('the process', { timeout: 20_000 }, () => {
  it('ends with 1 and all mistakes, and no stack trace, when the settings are wrong', async () => {
    const { output, exit } = await run(MAIN, { PORT: 'PT-secret' });
    expect(await exit).toEqual([1, null]);
    expect(output.out).toBe('');
    expect(output.err).toMatch(/^6 settings are wrong/);
    expect(output.err).not.toMatch(/^ +at |PT-secret/m);
  });

  it('ends with 1 and a sentence when SignalWire refuses the credentials', async () => {
    const { output, exit } = await run(MAIN, { ...(await environmentFor()), SIGNALWIRE_API_TOKEN: 'PT-secret' });
    expect(await exit).toEqual([1, null]);
    expect(output.err).toMatch(/^SignalWire refused the credentials \(401\)[^\n]+\n$/);
    expect(output.out + output.err).not.toContain('PT-secret');
  });

  it('ends with 1 and a sentence when .env is there and cannot be read', async () => {
    const { output, exit } = await run(MAIN, {}, 'a folder');
    expect(await exit).toEqual([1, null]);
    expect(output.err).toMatch(/^\.env could not be read: [^\n]+\n$/);
  });

  it('reads .env, tells where the webhook is, and ends with 0 when asked to', async () => {
    const env = await environmentFor();
    const dotenv = Object.entries(env)
      .map(([name, value]) => `${name}=${value}\n`)
      .join('');
    const { child, output, exit } = await run(MAIN, {}, dotenv);
    await eventually(() =>
      expect(output.out).toMatch(/^Webhook is live at https:\/\/recorder\.example\.com\/inbound$/m),
    );
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
    expect(output.err).toBe('');
    expect(output.out).not.toContain(env.SIGNALWIRE_API_TOKEN);
    expect(output.out).not.toContain(env.SIGNALWIRE_SIGNING_KEY);
  });

  it('is of two: the simulator tells how to start the service against it, and how to call', async () => {
    const { output } = await run(
      SIMULATOR,
      { PORT: '0', SIGNALWIRE_API_TOKEN: 'PT-mine' },
      'PORT=3000\nSIGNALWIRE_SIGNING_KEY=PSK-mine\n',
    );
    await eventually(() => expect(output.out).toMatch(/\n {2}curl [\s\S]*Url=\S+\n/));
    expect(output.out).toMatch(/API token +PT-mine\n/);
    expect(output.out).toMatch(/signing key +PSK-mine\n/);
    expect(output.out).not.toContain(':3000/api');
    const url = /http:\S+/.exec(output.out)?.[0] ?? '';
    const projectId = /project ID +(\S+)/.exec(output.out)?.[1] ?? '';
    const account = await fetch(`${url}/api/laml/2010-04-01/Accounts/${projectId}`, {
      headers: { authorization: `Basic ${Buffer.from(`${projectId}:PT-mine`).toString('base64')}` },
    });
    expect(account.status).toBe(200);
  });
});
