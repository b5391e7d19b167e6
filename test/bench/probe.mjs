// Preloaded into a measured process. It answers the bench's questions about processor time and memory.
process.on('message', (question) => {
  if (question === 'heap') {
    globalThis.gc?.();
    process.send?.(process.memoryUsage().heapUsed);
  } else {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuMs: (user + system) / 1000, rss: process.memoryUsage.rss() });
  }
});
process.channel?.unref();
// The process ends with the bench, however the bench ends.
process.on('disconnect', () => process.exit());
