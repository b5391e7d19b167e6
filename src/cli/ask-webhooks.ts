import { z } from 'zod';

const TIMEOUT_MS = 5000;

const webhook = z.object({
  number: z.number(),
  reason: z.string().nullable(),
  signature: z.object({ matchedKey: z.number().nullable() }).nullable(),
});

const recentWebhooks = z.object({ accepted: z.array(webhook), refused: z.array(webhook) });

export type RecentWebhooks = z.output<typeof recentWebhooks>;

/**
 * Requests `/webhooks` of a service.
 *
 * @param url the service's URL, without a path
 * @throws Error with a sentence if it doesn't answer within 5 s, refuses the password, or isn't this service
 */
export async function askWebhooks(url: string, password: string): Promise<RecentWebhooks> {
  const authorization = `Basic ${Buffer.from(`doctor:${password}`).toString('base64')}`;
  const response = await fetch(`${url}/webhooks`, {
    headers: { authorization },
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (response.status === 401) throw new Error('STATUS_PASSWORD differs from that of the running service.');
  return recentWebhooks.parse(await response.json());
}
