import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../support/processes.js';

/** A server in a process of its own. */
export interface MeasuredProcess {
  url: string;
  stop(): Promise<void>;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Starts a program that listens on PORT, and waits until it answers. What it logs goes nowhere.
 *
 * @param program its path in the repository; TypeScript is run by tsx
 * @param env what it's told besides PORT
 */
export async function startMeasured(program: string, env: Record<string, string>): Promise<MeasuredProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const loader = program.endsWith('.ts') ? ['--import', 'tsx'] : [];
  const child = spawn(process.execPath, [...loader, program], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: String(port), PUBLIC_URL: url, ...env },
  });
  const exit = once(child, 'exit');
  while (!(await answers(url))) {
    if (child.exitCode !== null) throw new Error(`${program} ended before it answered.`);
    await delay(2);
  }
  return {
    url,
    async stop() {
      child.kill('SIGKILL');
      await exit;
    },
  };
}

/** Whether a server answers there, whatever it says. */
async function answers(url: string): Promise<boolean> {
  try {
    await (await fetch(`${url}/healthz`)).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}
