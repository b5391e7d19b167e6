import type { ZodType } from 'zod';
import { getFromService } from './get-from-service.js';

/**
 * Requests one of a service's routes that STATUS_PASSWORD protects.
 *
 * @param url the service's URL, without a path
 * @param schema what the route answers
 * @throws Error whose message is a sentence: it doesn't answer within 5 s, refuses or lacks the password, or isn't this service
 */
export async function askStatusRoute<Answer>(
  url: string,
  route: string,
  password: string,
  schema: ZodType<Answer>,
): Promise<Answer> {
  const authorization = `Basic ${Buffer.from(`cli:${password}`).toString('base64')}`;
  const response = await getFromService(url, route, { authorization }).catch((error: Error) => {
    throw new Error(`${url}${route} ${error.message}.`, { cause: error });
  });
  if (response.status === 401) throw new Error('STATUS_PASSWORD differs from that of the running service.');
  if (response.status === 404) throw new Error('The running service has no STATUS_PASSWORD.');
  const answer = schema.safeParse(await response.json().catch(() => undefined));
  if (!answer.success) throw new Error(`${url}${route} is answered by something other than this service.`);
  return answer.data;
}
