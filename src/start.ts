import { config } from 'dotenv';
import type { Logger } from 'pino';
import { createLog } from './log.js';
import { type Service, startService } from './service.js';
import { readSettings } from './settings.js';
import { version } from './version.js';

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
  const { error } = config({ quiet: true });
  if (error && !error.message.startsWith('ENOENT')) throw new Error(`.env could not be read: ${error.message}`);
  const settings = readSettings(process.env);
  const log = await createLog(settings.logLevel);
  const service = await startService({ settings, log });
  const { publicUrl, port } = service;
  // Whatever the level: ngrok's address is another one at each start, and nothing else tells it.
  const always = log.child({}, { level: 'info' });
  always.info({ version, port }, `Webhook is live at ${publicUrl}/inbound`);
  if (settings.statusPassword !== undefined) always.info(`Status page is at ${publicUrl}/`);
  return { service, log };
}
