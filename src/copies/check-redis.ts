import { randomUUID } from 'node:crypto';
import { createRedisClient, destroyClient, TIMEOUT_MS, withTimeout } from './redis-clients.js';
import { openRedisConnection } from './redis-connection.js';
import { redisFailure } from './redis-failure.js';

/** What a check of Redis found. */
export interface RedisCheck {
  /** How long a text took to Redis and back, the median of a few (ms). */
  roundTripMs: number;
  /** For example `Redis 7.0.15` or `Valkey 8.1.0`; undefined if the user may not ask. */
  version: string | undefined;
}

/** Why Redis can't be used, for a person. The message has neither a password nor a full stop. */
export class RedisCheckError extends Error {
  override name = 'RedisCheckError';
}

const ROUND_TRIPS = 5;

/**
 * Connects to Redis as the copies do, and measures how long a text takes to Redis and back. The copies that run don't notice, except
 * that they get texts that mean nothing to them.
 *
 * @throws RedisCheckError
 */
export async function checkRedis(url: string, channel: string): Promise<RedisCheck> {
  try {
    // Before the rest, because a sentinel refuses that for reasons which would say nothing to anybody.
    const version = await readVersion(url);
    return { roundTripMs: await measureRoundTrip(url, channel), version };
  } catch (error) {
    if (error instanceof RedisCheckError) throw error;
    throw new RedisCheckError(redisFailure(error instanceof Error ? error : new Error(String(error)), url));
  }
}

async function readVersion(url: string): Promise<string | undefined> {
  let settleBroken = (_error: Error) => {};
  const broken = new Promise<never>((_resolve, reject) => {
    settleBroken = reject;
  });
  broken.catch(() => {});
  const client = await createRedisClient(url, (error) => settleBroken(error));
  try {
    await withTimeout(Promise.race([broken, client.connect()]), TIMEOUT_MS);
    // A user who may only publish and subscribe may not ask.
    const info = await withTimeout(Promise.race([broken, client.info('server').catch(orNothing)]), TIMEOUT_MS);
    const field = (name: string) => new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info)?.[1];
    if (field('redis_mode') === 'sentinel') {
      throw new RedisCheckError(
        'This is the port of a Sentinel, which carries no messages: give the address of the Redis that it watches',
      );
    }
    const valkey = field('valkey_version');
    const redis = field('redis_version');
    if (valkey !== undefined) return `Valkey ${valkey}`;
    return redis === undefined ? undefined : `Redis ${redis}`;
  } finally {
    destroyClient(client);
  }
}

function orNothing(error: unknown): string {
  if (error instanceof Error && /^(NOPERM|ERR unknown command)/.test(error.message)) return '';
  throw error;
}

async function measureRoundTrip(url: string, channel: string): Promise<number> {
  const text = `check ${randomUUID()}`;
  let arrived = () => {};
  const onText = (received: string) => received === text && arrived();
  const connection = await openRedisConnection({ url, channel, onText }, new AbortController().signal);
  try {
    const times: number[] = [];
    while (times.length < ROUND_TRIPS) {
      const sentAt = performance.now();
      const arrival = new Promise<void>((resolve) => {
        arrived = resolve;
      });
      connection.publish(text);
      const broke = connection.broken.then((error) => Promise.reject(error ?? new Error('closed')));
      await withTimeout(Promise.race([arrival, broke]), TIMEOUT_MS);
      times.push(performance.now() - sentAt);
    }
    return times.toSorted((a, b) => a - b)[Math.floor(ROUND_TRIPS / 2)] ?? 0;
  } finally {
    connection.close();
  }
}
