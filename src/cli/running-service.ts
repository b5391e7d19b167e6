import { askHealth, localUrl } from '../running-service/ask-health.js';
import type { Settings } from '../settings/settings.js';
import { UsageError } from './usage-error.js';

/** Where a service is, without a path. */
export interface RunningService {
  /** Where SignalWire reaches it: `PUBLIC_URL` if it is set, otherwise what the service on this machine reports. */
  publicUrl: string;
  /** Where this program reaches it: on this machine if it is there, because a machine behind a router may not reach its own public URL. */
  url: string;
}

/**
 * Finds the running service.
 *
 * @throws UsageError if it doesn't answer, because the phone would then ring for nothing
 */
export async function findRunningService(settings: Settings): Promise<RunningService> {
  const local = localUrl(settings);
  const found = await askHealth(local).catch(() => undefined);
  if (settings.publicUrl !== undefined && found?.publicUrl === settings.publicUrl) {
    return { publicUrl: settings.publicUrl, url: local };
  }
  const url = settings.publicUrl ?? local;
  const { publicUrl } = await askHealth(url).catch((error: Error) => {
    const remedy = settings.publicUrl === undefined ? 'set PUBLIC_URL' : 'correct PUBLIC_URL';
    throw new UsageError(`${url}/healthz ${error.message}. Start the service first, or ${remedy}. Nobody was called.`);
  });
  if (settings.publicUrl !== undefined) return { publicUrl: settings.publicUrl, url };
  if (publicUrl === null) throw new UsageError('The service has no public URL yet: its tunnel is still being opened.');
  return { publicUrl, url };
}
