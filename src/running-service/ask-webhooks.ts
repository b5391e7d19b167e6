import { z } from 'zod';
import { askStatusRoute } from './ask-status-route.js';

const webhook = z.object({
  number: z.number(),
  at: z.iso.datetime(),
  route: z.string(),
  url: z.string(),
  event: z.string().nullable(),
  timestamp: z.string().nullable(),
  parameterNames: z.array(z.string()),
  status: z.number(),
  reason: z.string().nullable(),
  signature: z.object({ kind: z.string(), matchedKey: z.number().nullable() }).nullable(),
});

const recentWebhooks = z.object({ accepted: z.array(webhook), refused: z.array(webhook) });

/** A webhook that the service has answered; `WebhookRecord` describes its members. */
export type AnsweredWebhook = z.output<typeof webhook>;

export type RecentWebhooks = z.output<typeof recentWebhooks>;

/**
 * Requests `/webhooks` of a service.
 *
 * @param url the service's URL, without a path
 * @throws Error whose message is a sentence, as `askStatusRoute` does
 */
export async function askWebhooks(url: string, password: string): Promise<RecentWebhooks> {
  return askStatusRoute(url, '/webhooks', password, recentWebhooks);
}
