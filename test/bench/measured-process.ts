import { fork } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { devNull } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { freePort } from '../support/processes.js';

/** What a process has used up to now. */
export interface Usage {
  cpuMs: number;
  /** Bytes. `heapUsed` is what is left after garbage collection. */
  rss: number;
  heapUsed: number;
}

/** A server in a process of its own. */
export interface MeasuredProcess {
  port: number;
  url: string;
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

const usage = z.object({ cpuMs: z.number(), rss: z.number(), heapUsed: z.number() });

const PROBE = new URL('probe.mjs', import.meta.url).href;
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Starts a program that listens on PORT, and waits until it answers.
 *
 * @param program its path in the repository; TypeScript is run by tsx
 * @param env what it's told besides PORT
 */
export async function startProcess(program: string, env: Record<string, string> = {}): Promise<MeasuredProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const loader = program.endsWith('.ts') ? ['--import', 'tsx'] : [];
  const child = fork(program, {
    cwd: ROOT,
    execArgv: ['--expose-gc', '--import', PROBE, ...loader],
    // The log goes nowhere, but it is written.
    stdio: ['ignore', openSync(devNull, 'w'), 'inherit', 'ipc'],
    env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: String(port), PUBLIC_URL: url, ...env },
  });
  const exit = once(child, 'exit');
  await answering(url, exit);
  return {
    port,
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

/** Waits until something answers there. */
export async function answering(url: string, exit: Promise<unknown[]>): Promise<void> {
  let isOver = false;
  void exit.then(() => {
    isOver = true;
  });
  while (!isOver) {
    const isUp = await fetch(`${url}/healthz`).then(
      (response) => response.arrayBuffer().then(() => true),
      () => false,
    );
    if (isUp) return;
    await delay(2);
  }
  throw new Error('A process under measurement ended before it answered.');
}
