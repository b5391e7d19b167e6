import type { StartedService } from './start.js';

/** A stop takes no longer than this, even if something hangs, in milliseconds. */
const STOP_MS = 9500;

/** Two signals this close together count as one: npm passes on a Ctrl-C that the terminal has sent us already. */
const SAME_SIGNAL_MS = 500;

/** Runs the service as this process until a signal stops it. Exits with 1 if it can't be started. */
async function main(): Promise<void> {
  let started: StartedService | undefined;
  stopOnSignals(() => started);
  try {
    // Loaded only now, because loading takes most of the start, and process 1 of a container ignores signals without a handler.
    const { startFromEnvironment } = await import('./start.js');
    started = await startFromEnvironment();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}

/** The first signal stops the service cleanly. A second one, or one before the start is complete, exits at once. */
function stopOnSignals(getStarted: () => StartedService | undefined): void {
  let first: { signal: NodeJS.Signals; at: number } | undefined;

  function onSignal(signal: NodeJS.Signals): void {
    const started = getStarted();
    if (!started) process.exit(0);
    const { service, log } = started;
    if (first) {
      if (signal === first.signal && performance.now() - first.at < SAME_SIGNAL_MS) return;
      log.warn({ signal }, 'stopping at once');
      process.exit(1);
    }
    first = { signal, at: performance.now() };
    setTimeout(() => process.exit(0), STOP_MS).unref();
    log.info({ signal }, 'stopping: finishing what was acknowledged, in 10 s at most; a second signal stops at once');
    void service.close().then(() => {
      log.info('stopped');
      process.exit(0);
    });
  }

  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
}

await main();
