import { z } from 'zod';
import { connectionFailure } from '../http/connection-failure.js';

const TIMEOUT_MS = 5000;

const story = z.looseObject({ recordingSid: z.string() });
const conference = z.object({ recordings: z.array(story) });
const feed = z.object({ live: z.array(conference), finished: z.array(conference) });

export type FeedStory = z.output<typeof story>;

/**
 * Requests the stories of recordings that the feed of a service has.
 *
 * @param url the service's URL, without a path
 * @throws Error whose message completes a sentence that begins with the URL
 */
export async function askStories(url: string, password: string): Promise<FeedStory[]> {
  const authorization = `Basic ${Buffer.from(`recordings:${password}`).toString('base64')}`;
  const response = await fetch(`${url}/conferences`, {
    headers: { authorization },
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: Error) => {
    const reason =
      error.name === 'TimeoutError' ? 'does not answer within 5 s' : `does not answer (${connectionFailure(error)})`;
    throw new Error(reason, { cause: error });
  });
  if (response.status === 401)
    throw new Error('refuses STATUS_PASSWORD, which differs from that of the running service');
  const answer = feed.safeParse(await response.json().catch(() => undefined));
  if (!answer.success)
    throw new Error('is answered by something other than this service, or by one without STATUS_PASSWORD');
  return [...answer.data.live, ...answer.data.finished].flatMap(({ recordings }) => recordings);
}
