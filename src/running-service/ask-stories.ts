import { z } from 'zod';
import { askStatusRoute } from './ask-status-route.js';

// With all that a story has, because it is written to a file.
const story = z.looseObject({ recordingSid: z.string() });
const conference = z.object({ recordings: z.array(story) });
const feed = z.object({ live: z.array(conference), finished: z.array(conference) });

/**
 * Requests the stories of recordings that the feed of a service has.
 *
 * @param url the service's URL, without a path
 * @throws Error whose message is a sentence, as `askStatusRoute` does
 */
export async function askStories(url: string, password: string): Promise<z.output<typeof story>[]> {
  const { live, finished } = await askStatusRoute(url, '/conferences', password, feed);
  return [...live, ...finished].flatMap(({ recordings }) => recordings);
}
