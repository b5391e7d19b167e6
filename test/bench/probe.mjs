// Preloaded into a process under measurement: answers the bench's questions about what it uses.
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
// Nothing stays behind when the bench ends, however it does.
process.on('disconnect', () => process.exit());
