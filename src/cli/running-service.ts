import type { Settings } from '../settings/settings.js';
import { askHealth, localUrl } from './ask-health.js';
import { UsageError } from './usage-error.js';

/**
 * The public URL of the running service: `PUBLIC_URL` if it is set, otherwise the one that the service on this machine reports.
 *
 * @throws UsageError if the service doesn't answer there, because the phone would then ring for nothing
 */
export async function findPublicUrl(settings: Settings): Promise<string> {
  // A machine behind a router may not reach its own public URL.
  const local = await askHealth(localUrl(settings)).catch(() => undefined);
  if (settings.publicUrl !== undefined && local?.publicUrl === settings.publicUrl) return settings.publicUrl;
  const url = settings.publicUrl ?? localUrl(settings);
  const { publicUrl } = await askHealth(url).catch((error: Error) => {
    const remedy = settings.publicUrl === undefined ? 'set PUBLIC_URL' : 'correct PUBLIC_URL';
    throw new UsageError(`${url}/healthz ${error.message}. Start the service first, or ${remedy}. Nobody was called.`);
  });
  if (settings.publicUrl !== undefined) return settings.publicUrl;
  if (publicUrl === null) throw new UsageError('The service has no public URL yet: its tunnel is still being opened.');
  return publicUrl;
}
