import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './free-port.js';

export interface RedisServer {
  url: string;
  close(): Promise<void>;
}

const START_MS = 10_000;

/** Starts a Redis server that keeps nothing on disk. @returns undefined if none is installed */
export async function startRedis(): Promise<RedisServer | undefined> {
  const port = await freePort();
  const options = { port, bind: '127.0.0.1', save: '', appendonly: 'no' };
  const server = spawn(
    'redis-server',
    Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
    { stdio: 'ignore' },
  );
  const isMissing = await Promise.race([
    once(server, 'spawn').then(() => false),
    once(server, 'error').then(() => true),
  ]);
  if (isMissing) return undefined;
  const exit = once(server, 'exit');
  const until = performance.now() + START_MS;
  while (!(await accepts(port))) {
    if (server.exitCode !== null || performance.now() > until) throw new Error('redis-server does not listen.');
    await delay(20);
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    async close() {
      server.kill('SIGKILL');
      await exit;
    },
  };
}

/** Whether something listens on that port of loopback. */
function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
