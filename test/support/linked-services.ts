import { expect, onTestFinished } from 'vitest';
import { type Service, startService } from '../../src/service.js';
import type { Simulator } from '../../src/simulator/simulator.js';
import type { Feed } from '../../src/status/feed.js';
import type { RecentWebhooks } from '../../src/status/webhook-log.js';
import { eventually } from './eventually.js';
import { keepLog } from './log.js';
import { ownSamples } from './metrics.js';
import { hasRedisServer, type RedisServer, startRedisServer, warnOfSkipped } from './redis-server.js';
import { loopbackTunnel, settingsFor } from './service-beside-simulator.js';
import { simulated } from './simulated.js';
import { getStatusRoute, PASSWORD } from './status.js';
import { FAST } from './two-people.js';

export const redisMissing = !hasRedisServer;
warnOfSkipped('The tests of what copies show that share a Redis');

/** A copy of the service that others are linked with. */
export interface LinkedService {
  service: Service;
  feed(): Promise<Feed>;
  webhooks(): Promise<RecentWebhooks>;
  metrics(): Promise<Record<string, number>>;
  /** Where a voice webhook puts callers into that room. Their conference's callbacks come to this copy, too. */
  room(name: string): string;
}

/** Copies of the service that a real Redis links, beside a simulated space. All are closed when the test is over. */
export async function startLinkedServices(
  count: number,
): Promise<{ simulator: Simulator; redis: RedisServer; services: LinkedService[] }> {
  const redis = await startRedisServer();
  const simulator = await simulated({ ringMs: 0, announcementMs: 0 });
  const services = await Promise.all(Array.from({ length: count }, () => startLinked(simulator, redis.url)));
  await eventually(async () => {
    for (const { feed } of services) expect((await feed()).copies).toMatchObject({ names: { length: count } });
  });
  return { simulator, redis, services };
}

async function startLinked(simulator: Simulator, redisUrl: string): Promise<LinkedService> {
  const service = await startService({
    settings: settingsFor(simulator, { statusPassword: PASSWORD, redisUrl }),
    log: keepLog().log,
    openTunnel: loopbackTunnel,
    durations: { ...FAST, tolerated: 200, drain: 300 },
  });
  onTestFinished(() => service.close());
  const get = async (path: string) => getStatusRoute({ service }, path).expect(200);
  return {
    service,
    feed: async () => (await get('/conferences')).body,
    webhooks: async () => (await get('/webhooks')).body,
    metrics: async () => ownSamples((await get('/metrics')).text),
    room: (name) => `${service.publicUrl}/inbound?room=${name}`,
  };
}
