import type { Started } from './cli/run-service.js';

/** A stop takes no longer than this, whatever hangs, in milliseconds. */
const STOP_MS = 9500;

/** The same signal within this many milliseconds is one: npm passes on the Ctrl-C that the terminal sent us as well. */
const SAME_SIGNAL_MS = 500;

async function main(): Promise<void> {
  let started: Started | undefined;
  stopOnSignals(() => started);
  // Loaded only now: it takes most of the start, and a process 1 doesn't hear a signal that it doesn't handle.
  const { start } = await import('./cli/run-service.js');
  started = await start();
}

/** Stops cleanly at the first signal, and at once at the second, or where nothing has been acknowledged yet. */
function stopOnSignals(whatStarted: () => Started | undefined): void {
  let first: { signal: NodeJS.Signals; at: number } | undefined;

  function stop(signal: NodeJS.Signals): void {
    const started = whatStarted();
    if (!started) process.exit(0);
    const { service, log } = started;
    if (first) {
      if (signal === first.signal && performance.now() - first.at < SAME_SIGNAL_MS) return;
      log.warn({ signal }, 'stopping at once');
      process.exit(1);
    }
    first = { signal, at: performance.now() };
    setTimeout(() => process.exit(0), STOP_MS).unref();
    log.info({ signal }, 'stopping: what was acknowledged is finished first; a second signal stops at once');
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
