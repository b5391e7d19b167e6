import type { Settings } from '../settings/settings.js';
import type { Link, OpenLink } from './link.js';
import { openRedisConnection, type RedisConnection, type RedisConnectionOptions } from './redis-connection.js';
import { redisFailure } from './redis-failure.js';

/** The channel that the copies of one service share: those with the same project and the same prefix. */
export function channelOf({ projectId, conferencePrefix }: Pick<Settings, 'projectId' | 'conferencePrefix'>): string {
  return `${projectId}/${conferencePrefix}`;
}

/** The wait between two attempts to connect (ms). */
const RETRY_MS = 500;

/**
 * Links copies by a channel of Redis. Nothing is stored there. Both connections are opened again after each failure, because the
 * client's own reconnecting doesn't notice a server that accepts connections and never answers.
 */
export function createRedisLink({ url, channel }: Omit<RedisConnectionOptions, 'onText'>): OpenLink {
  return ({ onText, onUp, onDown }) => {
    const closing = new AbortController();
    const { signal } = closing;
    let connection: RedisConnection | undefined;
    let downReason: string | undefined;

    /** Connects, and resolves with the reason once that has failed or is over. */
    async function useConnection(): Promise<Error | undefined> {
      try {
        connection = await openRedisConnection({ url, channel, onText }, signal);
        downReason = undefined;
        onUp();
        return await connection.broken;
      } catch (error) {
        return error instanceof Error ? error : new Error(String(error));
      } finally {
        connection?.close();
        connection = undefined;
      }
    }

    async function stayConnected(): Promise<void> {
      for (;;) {
        const error = await useConnection();
        if (signal.aborted) return;
        const reason = redisFailure(error ?? new Error('closed'), url);
        if (reason !== downReason) onDown(reason);
        downReason = reason;
        await wait(RETRY_MS, signal);
        if (signal.aborted) return;
      }
    }

    const ended = stayConnected();
    const link: Link = {
      publish: (text) => connection?.publish(text),
      async close() {
        await connection?.flush();
        closing.abort();
        await ended;
      },
    };
    return link;
  };
}

/** Resolves after that time, or at once if the signal is aborted. */
function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
