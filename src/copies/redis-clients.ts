export type RedisClient = Awaited<ReturnType<typeof createRedisClient>>;

/** How long a connection may take until its first answer, or an answer while it is open (ms). */
export const TIMEOUT_MS = 2000;

/**
 * Creates a client of Redis, or of a server that speaks its protocol, such as Valkey, that is not connected yet. Its first failure ends
 * it: it never reconnects by itself. The library is loaded here, so a service without REDIS_URL never loads it.
 *
 * @param onBroken called for each failure after the client was created
 * @throws Error if the URL can't be used
 */
export async function createRedisClient(url: string, onBroken: (error: Error) => void) {
  const redis = await import('@redis/client');
  const socket = { connectTimeout: TIMEOUT_MS, reconnectStrategy: false } as const;
  // RESP 2 is the one that every server speaks. A user needs no permission for CLIENT if nothing is told about this library.
  const client = redis.createClient({ url, socket, RESP: 2, disableClientInfo: true });
  client.on('error', onBroken);
  return client;
}

/** Closes a client, whatever it is doing. Never throws. */
export function destroyClient(client: RedisClient): void {
  client.destroy();
  // A client that is destroyed while it connects goes on, and would keep that connection.
  client.on('connect', () => client.destroy());
}

/** Settles as the promise does, or rejects after that time. */
export async function withTimeout<Result>(promise: Promise<Result>, ms: number): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new NoAnswer()), ms);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** Redis accepts connections or requests, and doesn't answer. */
export class NoAnswer extends Error {
  constructor() {
    super('no answer');
    this.name = 'NoAnswer';
  }
}
