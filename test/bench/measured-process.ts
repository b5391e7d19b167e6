import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { freePort } from '../support/free-port.js';

const usage = z.object({ cpuMs: z.number(), rss: z.number() });

/** A server in a process of its own. */
export interface MeasuredProcess {
  url: string;
  /** Processor time until now (ms), and resident memory (bytes). */
  usage(): Promise<z.output<typeof usage>>;
  /** Bytes of the heap that are in use, once garbage is collected. */
  heap(): Promise<number>;
  stop(): Promise<void>;
}

const running = new Set<MeasuredProcess>();

/** Ends all that still run. */
export async function stopAll(): Promise<void> {
  await Promise.all([...running].map((one) => one.stop()));
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
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: String(port), PUBLIC_URL: url, ...env },
  });
  const exit = once(child, 'exit');
  process.once('exit', () => child.kill('SIGKILL'));
  while (!(await answers(port))) {
    if (!child.connected) throw new Error(`${program} ended before it answered.`);
    await delay(5);
  }
  const ask = async (question: string) => {
    child.send(question);
    return answerOf(child);
  };
  const measured: MeasuredProcess = {
    url,
    usage: async () => usage.parse(await ask('usage')),
    heap: async () => z.number().parse(await ask('heap')),
    async stop() {
      running.delete(measured);
      child.kill('SIGKILL');
      await exit;
    },
  };
  running.add(measured);
  return measured;
}

/** The next message of a process. @throws Error when it ends instead */
export async function answerOf(child: ChildProcess): Promise<unknown> {
  const over = new AbortController();
  const { signal } = over;
  const ended = once(child, 'exit', { signal }).then(() => {
    throw new Error('A process ended before it answered.');
  });
  try {
    const [answer] = await Promise.race([once(child, 'message', { signal }), ended]);
    return answer;
  } finally {
    over.abort();
  }
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
