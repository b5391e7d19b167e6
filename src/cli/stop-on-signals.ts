/** Keeps the process alive at a signal or an uncaught error, so that it can end what it has begun, and aborts instead. */
export function stopOnSignals(): { signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const onSignal = (name: string) => {
    if (!controller.signal.aborted) console.error(`${name}: hanging up.`);
    controller.abort(new Error(`The rehearsal was cut short by ${name}.`));
  };
  const onError = (error: unknown) => controller.abort(error);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, onSignal);
  process.on('uncaughtException', onError).on('unhandledRejection', onError);
  return {
    signal: controller.signal,
    release() {
      for (const name of signals) process.off(name, onSignal);
      process.off('uncaughtException', onError).off('unhandledRejection', onError);
    },
  };
}
