import { type Health, health } from '../http/health.js';
import type { Settings } from '../settings/settings.js';
import { getFromService } from './get-from-service.js';

/** The URL of a service with these settings on its own machine. */
export function localUrl({ host, port }: Settings): string {
  if (['0.0.0.0', '::'].includes(host)) return `http://127.0.0.1:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/**
 * Requests `/healthz` of a service.
 *
 * @param url the service's URL, without a path
 * @throws Error whose message completes a sentence that begins with the URL: it doesn't answer within 5 s, or isn't this service
 */
export async function askHealth(url: string): Promise<Health> {
  const response = await getFromService(url, '/healthz');
  if (!response.ok) throw new Error(`answers with ${response.status}`);
  const answer = health.safeParse(await response.json().catch(() => undefined));
  if (!answer.success) throw new Error('is answered by something other than this service');
  return answer.data;
}
