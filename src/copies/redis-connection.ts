import { createRedisClient, destroyClient, NoAnswer, TIMEOUT_MS, withTimeout } from './redis-clients.js';

/** How long a stop waits for what was published last (ms). */
const FLUSH_MS = 100;

/** How often we look whether Redis answers (ms), and how many checks in a row it may fail. */
const CHECK_MS = 1000;
const MAX_SILENT_CHECKS = 5;

export interface RedisConnectionOptions {
  /** `redis://` or `rediss://`, with a user and a password if there are any. */
  url: string;
  /** The channel that the copies of one service share. */
  channel: string;
  onText(text: string): void;
}

/** A connection that publishes and one that subscribes, which are used and closed together. */
export interface RedisConnection {
  /** Returns at once and never throws. */
  publish(text: string): void;
  /** Resolves once it is of no more use: with the reason, or undefined if it was closed. Never rejects. */
  broken: Promise<Error | undefined>;
  /** Resolves once Redis has answered what was published, or after a tenth of a second. Never rejects. */
  flush(): Promise<void>;
  /** Never throws, and may be called more than once. */
  close(): void;
}

/**
 * Connects to Redis, subscribes to the channel, and sees whether publishing is allowed. Takes two seconds at most.
 *
 * @param signal stops it at any time
 * @throws Error if that fails; nothing is left open
 */
export async function openRedisConnection(
  { url, channel, onText }: RedisConnectionOptions,
  signal: AbortSignal,
): Promise<RedisConnection> {
  let settleBroken: (error: Error | undefined) => void = () => {};
  let firstError: Error | undefined;
  let isEnded = false;
  let lastPublished: Promise<void> = Promise.resolve();
  const broken = new Promise<Error | undefined>((resolve) => {
    settleBroken = resolve;
  });
  const close = () => end(undefined);
  const publisher = await createRedisClient(url, end);
  const subscriber = await createRedisClient(url, end);
  const published = createSilence();
  const delivered = createSilence();
  // It doesn't compare times, because this process may stand still, and then finds the answers only after its timers.
  const checks = setInterval(() => {
    if (published.isTooLong() || delivered.isTooLong()) end(new NoAnswer());
  }, CHECK_MS);
  signal.addEventListener('abort', close);

  function end(error: Error | undefined): void {
    // Each message that is under way fails, too.
    if (isEnded) return;
    isEnded = true;
    firstError ??= error;
    settleBroken(error);
    clearInterval(checks);
    signal.removeEventListener('abort', close);
    destroyClient(publisher);
    destroyClient(subscriber);
  }

  async function publish(text: string): Promise<void> {
    published.begin();
    delivered.begin();
    await publisher.publish(channel, text);
    published.end();
  }

  async function connect(): Promise<void> {
    await Promise.all([publisher.connect(), subscriber.connect()]);
    await subscriber.subscribe(channel, (text) => {
      delivered.end();
      if (text !== '') onText(text);
    });
    // Nobody reads it. It shows whether we may publish.
    await publish('');
  }

  try {
    signal.throwIfAborted();
    const failed = broken.then((error) => Promise.reject(error ?? new Error('closed')));
    await withTimeout(Promise.race([connect(), failed]), TIMEOUT_MS);
  } catch (error) {
    close();
    // To close a client makes its commands fail, too.
    throw firstError ?? error;
  }
  return {
    publish(text) {
      lastPublished = publish(text).catch(end);
    },
    broken,
    flush: () => withTimeout(lastPublished, FLUSH_MS).catch(() => {}),
    close,
  };
}

/** Counts for how many checks in a row something that we wait for hasn't come. */
function createSilence() {
  let isAwaited = false;
  let checks = 0;
  return {
    begin() {
      isAwaited = true;
    },
    end() {
      isAwaited = false;
      checks = 0;
    },
    /** Call it once per check. */
    isTooLong: () => isAwaited && ++checks >= MAX_SILENT_CHECKS,
  };
}
