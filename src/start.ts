import type { Logger } from 'pino';
import { createLog } from './log/log.js';
import { IN_THE_DASHBOARD } from './phone-numbers/sentences.js';
import { type Service, startService } from './service.js';
import { readProcessSettings } from './settings/dotenv.js';
import { findDoubts } from './settings/doubts.js';
import { resolveSpace } from './signalwire/resolve-space.js';
import { version } from './version.js';

export interface StartedService {
  service: Service;
  log: Logger;
}

/**
 * Starts the service with the settings of this process, and logs where it is reached.
 *
 * @throws Error with a human-readable message
 */
export async function startFromEnvironment(): Promise<StartedService> {
  const settings = readProcessSettings();
  const log = await createLog(settings.logLevel);
  for (const sentence of findDoubts(settings, process.env)) log.warn(sentence);
  // Not awaited: the service retries its requests, whether the host resolves or not.
  void checkSpaceHost(settings.spaceUrl, log);
  const service = await startService({ settings, log });
  const { publicUrl, port } = service;
  // Logged at every level, because an address from ngrok differs at each start and appears nowhere else.
  const always = log.child({}, { level: 'info' });
  always.info({ version, port }, `Webhook is live at ${publicUrl}/inbound`);
  if (settings.phoneNumber === undefined) {
    always.info(
      `Set your number's voice webhook to ${publicUrl}/inbound, with POST, ${IN_THE_DASHBOARD}; or set SIGNALWIRE_PHONE_NUMBER`,
    );
  }
  if (settings.statusPassword !== undefined) always.info(`Status page is at ${publicUrl}/`);
  return { service, log };
}

/** Logs an error if the space's host doesn't resolve, which is most often a misspelt setting. Never rejects. */
async function checkSpaceHost(spaceUrl: string, log: Logger): Promise<void> {
  const { hostname } = new URL(spaceUrl);
  try {
    await resolveSpace(spaceUrl);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.error(
      { reason },
      `SIGNALWIRE_SPACE_URL: ${hostname} does not resolve. Check its spelling and the network; requests are retried until it does`,
    );
  }
}
