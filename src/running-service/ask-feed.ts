import { z } from 'zod';
import { askStatusRoute } from './ask-status-route.js';

const story = z.object({
  status: z.string().nullable(),
  seconds: z.number().nullable(),
  spans: z.array(z.object({ at: z.iso.datetime(), state: z.string() })),
});

const conference = z.object({
  sid: z.string(),
  name: z.string().nullable(),
  endedAt: z.string().nullable(),
  callSids: z.array(z.string()),
  callers: z.array(z.object({ callSid: z.string() })),
  recordingSid: z.string().nullable(),
  events: z.array(z.object({ at: z.iso.datetime(), what: z.string(), recording: z.string() })),
  recordings: z.array(story),
});

const feed = z.object({ live: z.array(conference), finished: z.array(conference) });

/** A conference in the feed; `FeedConference` describes its members. */
export type ReportedConference = z.output<typeof conference>;

/**
 * Requests `/conferences` of a service.
 *
 * @param url the service's URL, without a path
 * @throws Error whose message is a sentence, as `askStatusRoute` does
 */
export async function askFeed(url: string, password: string): Promise<z.output<typeof feed>> {
  return askStatusRoute(url, '/conferences', password, feed);
}
