import { config } from 'dotenv';
import type { Logger } from 'pino';
import { createLog } from './log.js';
import { type Service, startService } from './service.js';
import { readSettings } from './settings.js';
import { version } from './version.js';

/** A stop takes no longer than this, whatever hangs, in milliseconds. */
const STOP_MS = 9500;

/** The same signal within this many milliseconds is one: npm passes on the Ctrl-C that the terminal sent us as well. */
const SAME_SIGNAL_MS = 500;

async function main(): Promise<void> {
  const { error } = config({ quiet: true });
  if (error && !error.message.startsWith('ENOENT')) throw new Error(`.env could not be read: ${error.message}`);
  const settings = readSettings(process.env);
  const log = await createLog(settings.logLevel);
  let service: Service | undefined;
  stopOnSignals(() => service, log);
  service = await startService({ settings, log });
  const { publicUrl, port } = service;
  // Whatever the level: ngrok's address is another one at each start, and nothing else tells it.
  const always = log.child({}, { level: 'info' });
  always.info({ version, port }, `Webhook is live at ${publicUrl}/inbound`);
  if (settings.statusPassword !== undefined) always.info(`Status page is at ${publicUrl}/`);
}

/** Stops cleanly at the first signal, and at once at the second, or where nothing has been acknowledged yet. */
function stopOnSignals(started: () => Service | undefined, log: Logger): void {
  let first: { signal: NodeJS.Signals; at: number } | undefined;

  function stop(signal: NodeJS.Signals): void {
    if (first) {
      if (signal === first.signal && performance.now() - first.at < SAME_SIGNAL_MS) return;
      log.warn({ signal }, 'stopping at once');
      process.exit(1);
    }
    const service = started();
    if (!service) process.exit(0);
    first = { signal, at: performance.now() };
    log.info({ signal }, 'stopping: what was acknowledged is finished first; a second signal stops at once');
    setTimeout(() => process.exit(0), STOP_MS).unref();
    void service.close().then(() => {
      log.info('stopped');
      process.exit(0);
    });
  }

  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
