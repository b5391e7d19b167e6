import type { Logger } from 'pino';
import { createLog } from '../log/log.js';
import { IN_THE_DASHBOARD } from '../phone-numbers/point-number.js';
import { type Service, startService } from '../service.js';
import { settingsOfProcess } from '../settings/dotenv.js';
import { version } from '../version.js';

/** A service that has started, and where it says what it does. */
export interface Started {
  service: Service;
  log: Logger;
}

/**
 * Starts the service that the environment and `.env` ask for.
 *
 * @throws Error with a sentence for a person
 */
export async function start(): Promise<Started> {
  const settings = settingsOfProcess();
  const log = await createLog(settings.logLevel);
  const service = await startService({ settings, log });
  const { publicUrl, port } = service;
  // Whatever the level: ngrok's address is another one at each start, and nothing else tells it.
  const always = log.child({}, { level: 'info' });
  always.info({ version, port }, `Webhook is live at ${publicUrl}/inbound`);
  if (settings.phoneNumber === undefined) {
    always.info(
      `Set it, with POST, as your number's voice webhook ${IN_THE_DASHBOARD}; or set SIGNALWIRE_PHONE_NUMBER`,
    );
  }
  if (settings.statusPassword !== undefined) always.info(`Status page is at ${publicUrl}/`);
  return { service, log };
}
