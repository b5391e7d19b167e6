import { expect } from 'vitest';
import type { Simulator } from '../../src/simulator/simulator.js';
import { startBalancer } from './balancer.js';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import type { LogLine } from './log.js';
import { environmentFor, MAIN, run } from './processes.js';
import { type RedisServer, startRedisServer } from './redis-server.js';
import { simulated } from './simulated.js';

/** A copy of the service, as a process of its own. */
export interface ServiceCopy {
  url: string;
  /** The lines that it has logged. */
  log(): LogLine[];
  /** How many copies act as one, by the last line about that in its log; undefined if there is none. */
  copies(): number | undefined;
  signal(name: NodeJS.Signals): void;
}

/** Three copies of the service behind a balancer that leads requests to them in turn. */
export interface ServiceCopies {
  simulator: Simulator;
  redis: RedisServer;
  copies: ServiceCopy[];
  /** The copy that has paused or resumed a recording last. @throws Error if none has */
  lastWriter(): ServiceCopy;
}

const COUNT = 3;

/** Starts them, and waits until they act as one. @param env settings beside those that are needed */
export async function startCopies(env: Record<string, string> = {}): Promise<ServiceCopies> {
  const redis = await startRedisServer();
  const simulator = await simulated({ ringMs: 0, announcementMs: 0 });
  const ports = await Promise.all(Array.from({ length: COUNT }, freePort));
  const publicUrl = await startBalancer(ports);
  const settings = { ...(await environmentFor(simulator)), PUBLIC_URL: publicUrl, REDIS_URL: redis.url, ...env };
  const copies = await Promise.all(ports.map((port) => startCopy(port, settings)));
  await eventually(() => expect(copies.map((copy) => copy.copies())).toEqual(copies.map(() => COUNT)));
  simulator.pointNumber(`${publicUrl}/inbound`);
  return {
    simulator,
    redis,
    copies,
    lastWriter() {
      const writes = copies.flatMap((copy) =>
        copy
          .log()
          .filter(isWrite)
          .map(({ time }) => ({ copy, time })),
      );
      const last = writes.toSorted((a, b) => (a.time < b.time ? -1 : 1)).at(-1);
      if (!last) throw new Error('No copy has paused or resumed a recording.');
      return last.copy;
    },
  };
}

async function startCopy(port: number, settings: Record<string, string>): Promise<ServiceCopy> {
  const { child, output } = await run(MAIN, { ...settings, PORT: String(port) });
  await eventually(() => expect(output.out).toContain('Webhook is live at'));
  const log = () => linesOf(output.out);
  return {
    url: `http://127.0.0.1:${port}`,
    log,
    copies: () =>
      log()
        .flatMap(({ copies }) => (typeof copies === 'number' ? [copies] : []))
        .at(-1),
    signal: (name) => void child.kill(name),
  };
}

function isWrite({ msg }: LogLine): boolean {
  return msg === 'recording paused' || msg === 'recording resumed';
}

/** The complete lines of a log. */
function linesOf(out: string): LogLine[] {
  const complete = out.slice(0, out.lastIndexOf('\n') + 1);
  return complete
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
