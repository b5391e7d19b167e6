// Preloaded into a process under measurement: answers the bench's questions about what it uses.
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  const rss = process.memoryUsage.rss();
  globalThis.gc?.();
  process.send?.({ cpuMs: (user + system) / 1000, rss, heap: process.memoryUsage().heapUsed });
});
process.channel?.unref();
