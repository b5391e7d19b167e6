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
  /** The processor time so far (ms), and the resident memory (bytes). */
  usage(): Promise<z.output<typeof usage>>;
  /** Collects garbage, and resolves with the number of bytes of the heap that are in use. */
  heap(): Promise<number>;
  stop(): Promise<void>;
}

const running = new Set<MeasuredProcess>();

/** Stops every process that is still running. */
export async function stopAll(): Promise<void> {
  await Promise.all([...running].map((one) => one.stop()));
}

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Node's arguments that preload the probe, which answers questions about the process. */
export const PROBE_ARGS = ['--expose-gc', '--import', new URL('probe.mjs', import.meta.url).href];

/**
 * Starts a program that listens on PORT, and waits until it answers. Its log is discarded.
 *
 * @param program its path in the repository. TypeScript is run by tsx.
 * @param env its environment. PORT is any free one unless it is given.
 */
export async function startMeasured(program: string, env: Record<string, string> = {}): Promise<MeasuredProcess> {
  const port = Number(env.PORT ?? (await freePort()));
  const url = `http://127.0.0.1:${port}`;
  const loader = program.endsWith('.ts') ? ['--import', 'tsx'] : [];
  const child = fork(program, {
    cwd: ROOT,
    execArgv: [...PROBE_ARGS, ...loader],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: String(port), PUBLIC_URL: url, ...env },
  });
  const exit = once(child, 'exit');
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  void exit.then(() => process.off('exit', kill));
  while (!(await answers(port))) {
    if (!child.connected) throw new Error(`${program} ended before it answered.`);
    await delay(5);
  }
  const query = async (question: string) => {
    child.send(question);
    return answerOf(child);
  };
  const measured: MeasuredProcess = {
    url,
    usage: async () => usage.parse(await query('usage')),
    heap: async () => z.number().parse(await query('heap')),
    async stop() {
      running.delete(measured);
      child.kill('SIGKILL');
      await exit;
    },
  };
  running.add(measured);
  return measured;
}

/** Resolves with the next message of a process. @throws Error if the process ends instead */
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

/** Whether a server answers there, with any status. Connects first, because that is cheaper than a request. */
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
