import { fork } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { connect } from 'node:net';
import { devNull } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { freePort } from '../support/processes.js';

const usage = z.object({ cpuMs: z.number(), rss: z.number(), heap: z.number() });

/** What a process has used up to now: bytes, and of the heap those that are left after garbage collection. */
export type Usage = z.output<typeof usage>;

/** A server in a process of its own. */
export interface MeasuredProcess {
  url: string;
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** What Node must be told so that a process answers questions about what it uses. */
export const PROBED = ['--expose-gc', '--import', new URL('probe.mjs', import.meta.url).href];

/**
 * Starts a program that listens on PORT, and waits until it answers. What it logs is written, but goes nowhere.
 *
 * @param program its path in the repository; TypeScript is run by tsx
 * @param env what it's told besides PORT
 */
export async function startMeasured(program: string, env: Record<string, string> = {}): Promise<MeasuredProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const loader = program.endsWith('.ts') ? ['--import', 'tsx'] : [];
  const child = fork(program, {
    cwd: ROOT,
    execArgv: [...PROBED, ...loader],
    stdio: ['ignore', openSync(devNull, 'w'), 'inherit', 'ipc'],
    env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: String(port), PUBLIC_URL: url, ...env },
  });
  // A bench that fails leaves nothing behind.
  process.once('exit', () => child.kill('SIGKILL'));
  const exit = once(child, 'exit');
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`${program} ended before it answered.`);
    await delay(5);
  }
  return {
    url,
    async usage() {
      child.send('usage');
      const [message] = await once(child, 'message');
      return usage.parse(message);
    },
    async stop() {
      child.kill('SIGKILL');
      await exit;
    },
  };
}

/** Whether a server answers there, whatever it says. Asks only once something listens, which costs less to find out. */
async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    await (await fetch(`http://127.0.0.1:${port}/healthz`)).arrayBuffer();
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
