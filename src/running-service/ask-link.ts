import { z } from 'zod';
import { getFromService } from './get-from-service.js';

/** How the copies of the service are linked, by `/readyz`; null if the service has no REDIS_URL. */
const readiness = z.object({
  redis: z.object({ ok: z.boolean(), reason: z.string().nullable(), copies: z.number() }).nullable(),
});

export type Link = z.output<typeof readiness>['redis'];

/**
 * Asks a service how it is linked with other copies.
 *
 * @param url the service's URL, without a path
 * @throws Error whose message completes a sentence that begins with the URL
 */
export async function askLink(url: string): Promise<Link> {
  // It answers 503 while it starts or stops, and says the same.
  const response = await getFromService(url, '/readyz');
  const answer = readiness.safeParse(await response.json().catch(() => undefined));
  if (!answer.success) throw new Error('is answered by something other than this service');
  return answer.data.redis;
}
