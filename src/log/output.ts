import { writeSync } from 'node:fs';
import { Writable } from 'node:stream';

/** The most that waits for a reader who is slow, in bytes; what comes on top of it is lost. */
const MAX_WAITING_BYTES = 1024 * 1024;

/** How soon a full pipe is tried again, in milliseconds. */
const RETRY_MS = 50;

/**
 * Writes at once, so that the last words before an exit get out, and never fails, waits or throws: what can't be written (the
 * reader is gone, the disk is full) is lost. pino's own destination does fail then, and waits for a reader who has stopped.
 *
 * @param fd a file descriptor; a pipe must be a non-blocking one
 */
export function writerTo(fd: number): Writable {
  let waiting: Buffer = Buffer.alloc(0);
  let retry: NodeJS.Timeout | undefined;

  function flush(): void {
    clearTimeout(retry);
    try {
      while (waiting.length > 0) waiting = waiting.subarray(writeSync(fd, waiting));
    } catch (error) {
      if (isFull(error)) retry = setTimeout(flush, RETRY_MS).unref();
      else waiting = Buffer.alloc(0);
    }
  }

  process.once('exit', flush);
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (waiting.length + chunk.length <= MAX_WAITING_BYTES) waiting = Buffer.concat([waiting, chunk]);
      flush();
      done();
    },
  });
}

/** Whether a pipe takes no more before somebody has read from it. */
function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}
