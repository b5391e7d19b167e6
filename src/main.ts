import { config } from 'dotenv';
import pino from 'pino';
import { startService } from './service.js';
import { readSettings } from './settings.js';

async function main(): Promise<void> {
  const { error } = config({ quiet: true });
  if (error && !error.message.startsWith('ENOENT')) throw new Error(`.env could not be read: ${error.message}`);
  const settings = readSettings(process.env);
  const service = await startService({ settings, log: pino({ level: settings.logLevel }) });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void service.close().then(() => process.exit(0)));
  }
  console.log(`Webhook is live at ${service.publicUrl}/inbound`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
