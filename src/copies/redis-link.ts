import type { Link, OpenLink } from './link.js';

export interface RedisLinkOptions {
  /** `redis://` or `rediss://`, with a user and a password if there are any. */
  url: string;
  /** The channel that the copies of one service share. */
  channel: string;
}

/** How long connecting may take, and how long the wait between two attempts is (ms). */
const CONNECT_MS = 2000;
const RETRY_MS = 500;

/**
 * Links copies by a channel of Redis, or of a server that speaks its protocol, such as Valkey. Nothing is stored there. The client is
 * loaded here, so a service without REDIS_URL never loads it.
 */
export function createRedisLink({ url, channel }: RedisLinkOptions): OpenLink {
  return ({ onText, onUp, onDown }) => {
    let publishText: ((text: string) => void) | undefined;
    let isClosed = false;
    const close = connect();

    /** @returns what closes the connections */
    async function connect(): Promise<() => void> {
      const { createClient } = await import('@redis/client');
      const socket = { connectTimeout: CONNECT_MS, reconnectStrategy: RETRY_MS };
      // A text that can't be sent at once is of no use later.
      const publisher = createClient({ url, socket, disableOfflineQueue: true, RESP: 2 });
      const subscriber = createClient({ url, socket, RESP: 2 });
      let isUp = false;
      let isDown = false;

      const update = (error?: Error) => {
        if (isClosed) return;
        if (publisher.isReady && subscriber.isReady) {
          isDown = false;
          if (!isUp) onUp();
          isUp = true;
        } else {
          if (!isDown) onDown(error ? reasonOf(error) : 'Redis has closed the connection.');
          isDown = true;
          isUp = false;
        }
      };

      for (const client of [publisher, subscriber]) {
        client.on('error', update);
        client.on('ready', () => setImmediate(update));
        client.on('end', () => update());
        client.connect().catch(update);
      }
      subscriber.subscribe(channel, onText).catch(update);
      publishText = (text) => {
        if (publisher.isReady) publisher.publish(channel, text).catch(() => {});
      };
      return () => {
        publisher.destroy();
        subscriber.destroy();
      };
    }

    const link: Link = {
      publish: (text) => publishText?.(text),
      async close() {
        isClosed = true;
        (await close)();
      },
    };
    return link;
  };
}

/** The error in words that tell no password. */
function reasonOf(error: Error): string {
  return error.message.replaceAll(/rediss?:\/\/\S+/g, 'the URL');
}
