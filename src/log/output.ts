import { writeSync } from 'node:fs';
import { Writable } from 'node:stream';

/** How much is buffered for a slow reader, in bytes. What exceeds it is lost. */
const MAX_BUFFERED_BYTES = 1024 * 1024;

/** How soon a full pipe is tried again, in milliseconds. */
const RETRY_MS = 50;

/**
 * Writes synchronously, so that the last lines before an exit get out. It never fails, waits or throws: what can't be written
 * (the reader is gone, the disk is full) is lost. pino's own destination fails in such a case, and waits for a stopped reader.
 *
 * @param fd a file descriptor; a pipe must be non-blocking
 */
export function createOutput(fd: number): Writable {
  let buffered: Buffer = Buffer.alloc(0);
  let retry: NodeJS.Timeout | undefined;

  function flush(): void {
    clearTimeout(retry);
    try {
      while (buffered.length > 0) buffered = buffered.subarray(writeSync(fd, buffered));
    } catch (error) {
      if (isFull(error)) retry = setTimeout(flush, RETRY_MS).unref();
      else buffered = Buffer.alloc(0);
    }
  }

  process.once('exit', flush);
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (buffered.length + chunk.length <= MAX_BUFFERED_BYTES) buffered = Buffer.concat([buffered, chunk]);
      flush();
      done();
    },
  });
}

/** Whether the error says that a pipe is full. */
function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}
