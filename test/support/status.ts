import request from 'supertest';
import type { Feed, FeedConference } from '../../src/status/feed.js';
import type { Pair } from './service-beside-simulator.js';

export const PASSWORD = 'open sesame';

/** Requests one of the service's status routes with the right password. */
export function getStatusRoute({ service }: Pick<Pair, 'service'>, path: string) {
  return request(`http://127.0.0.1:${service.port}`).get(path).auth('anybody', PASSWORD);
}

export async function feedOf(pair: Pair): Promise<Feed> {
  return (await getStatusRoute(pair, '/conferences').expect(200)).body;
}

/** The only conference in progress in the feed. @throws Error if there are none or several */
export async function onlyLive(pair: Pair): Promise<FeedConference> {
  const { live } = await feedOf(pair);
  const [conference, ...others] = live;
  if (!conference || others.length > 0) throw new Error(`The feed shows ${live.length} conferences in progress.`);
  return conference;
}
