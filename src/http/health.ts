import { z } from 'zod';
import type { Settings } from '../settings/settings.js';

const health = z.object({
  status: z.literal('ok'),
  version: z.string(),
  /** Tells one process from another. */
  instance: z.string(),
  /** Null until a tunnel is open. */
  publicUrl: z.string().nullable(),
  /** How many are in progress, as far as this process knows. */
  conferences: z.number(),
});

/** What a service says of itself at `/healthz`. */
export type Health = z.output<typeof health>;

const TIMEOUT_MS = 5000;

/** Where the service with these settings is reached from its own machine. */
export function localUrl({ host, port }: Settings): string {
  if (['0.0.0.0', '::'].includes(host)) return `http://127.0.0.1:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/**
 * Asks a service how it is.
 *
 * @param url the service's, without a path of its own
 * @throws Error with the end of a sentence that begins with what was asked: nothing answers within 5 s, or something else
 *   than this service does
 */
export async function askHealth(url: string): Promise<Health> {
  const response = await fetch(`${url}/healthz`, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
    (error: Error) => {
      throw new Error(`does not answer (${whyNot(error)})`, { cause: error });
    },
  );
  if (!response.ok) throw new Error(`answers with ${response.status}`);
  const said = health.safeParse(await response.json().catch(() => undefined));
  if (!said.success) throw new Error('is answered by something else than this service');
  return said.data;
}

// fetch hides what happened behind "fetch failed".
function whyNot({ message, cause }: Error): string {
  if (!(cause instanceof Error)) return message;
  return cause.message || ('code' in cause && String(cause.code)) || message;
}
