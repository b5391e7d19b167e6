import { createLog } from '../../src/log/log.js';

// A process that logs a lot, in the same way as the service, and stops on SIGTERM. It prints `much` to its standard error once it
// has logged more than fits into a pipe.
const log = await createLog('info');
process.once('SIGTERM', () => {
  log.info('stopping');
  process.exit(0);
});
let count = 0;
setInterval(() => {
  for (let line = 0; line < 50; line += 1) log.info({ count: count++ }, 'x'.repeat(1000));
  if (count === 5000) console.error('much');
}, 1);
