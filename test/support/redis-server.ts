import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { expect, onTestFinished } from 'vitest';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';

/** Whether Redis is installed. If it isn't, a test says that it is skipped: call `warnOfSkipped`. */
export const hasRedisServer = spawnSync('redis-server', ['--version']).status === 0;

export function warnOfSkipped(what: string): void {
  if (!hasRedisServer) console.warn(`${what}: skipped, because redis-server isn't installed.`);
}

/** A real Redis on loopback, which stores nothing. */
export interface RedisServer {
  port: number;
  url: string;
  /** Sends it a command, and resolves with the answer. */
  command(...words: string[]): Promise<unknown>;
  /** Sends it a signal. `SIGSTOP` pauses it. */
  signal(name: NodeJS.Signals): void;
  /** Ends it as `redis-cli shutdown` does. */
  shutDown(): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
}

/** @param args further options, for example `--requirepass secret` */
export async function startRedisServer(...args: string[]): Promise<RedisServer> {
  let port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'redis-'));
  // A Sentinel needs a file that it can write to.
  const file = join(folder, 'redis.conf');
  await writeFile(file, '');
  const options = [file, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', ...args];
  let child: ChildProcess;
  let exit: Promise<unknown>;

  /** @returns whether it runs; it doesn't if something else took its port meanwhile */
  async function tryStart(): Promise<boolean> {
    const withPort = [...options, '--port', String(port)];
    child = spawn('redis-server', withPort, { stdio: ['ignore', 'pipe', 'inherit'], cwd: folder });
    exit = once(child, 'exit');
    let output = '';
    child.stdout?.on('data', (text) => (output += text));
    await eventually(() =>
      expect(output).toMatch(/Ready to accept connections|Sentinel ID is|Failed listening on port/),
    );
    return !output.includes('Failed listening on port');
  }

  while (!(await tryStart())) port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exit;
    await rm(folder, { recursive: true });
  });
  return {
    port,
    url,
    async command(...words) {
      const password = args[args.indexOf('--requirepass') + 1];
      const client = createClient({ url, RESP: 2, ...(args.includes('--requirepass') && { password }) });
      await client.connect();
      try {
        return await client.sendCommand(words);
      } finally {
        client.destroy();
      }
    },
    signal: (name) => void child.kill(name),
    async shutDown() {
      child.kill('SIGTERM');
      await exit;
    },
    async start() {
      expect(await tryStart()).toBe(true);
    },
  };
}
