import { appendFileSync, ftruncateSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { DownloadBreak, DownloadError } from './download-error.js';
import { getAudio, readBody } from './get-audio.js';

export interface DownloadOptions {
  /** Ends the download. What has come stays in the file. */
  signal: AbortSignal;
  /** @param total undefined until it is known, or if the server doesn't say */
  onProgress(bytes: number, total: number | undefined): void;
  /** The waits after attempts in a row that brought nothing new, in milliseconds; after the last one, the download fails. */
  waitsMs?: readonly number[];
}

const WAITS_MS = [1000, 4000, 15_000];

/** The longest wait that a server may ask for (ms). */
const MAX_RETRY_AFTER_MS = 60_000;

/** After so long without a byte, an attempt has failed (ms). */
const STALL_MS = 30_000;

/** What a WAV file begins with. RF64 is for files of more than 4 GB. */
const WAV_BEGINNINGS = ['RIFF', 'RF64'];

/**
 * Fetches a WAV file, and resumes after each break. Begins behind the bytes that the file has already, if the server supports that
 * (`Range`, RFC 9110), and from the start otherwise. That the audio of a recording that is over never changes is assumed. Sends no
 * credentials, and follows redirects, but not from https to http.
 *
 * @param file opened for appending and reading, and nobody else's
 * @returns the length of the file in bytes
 * @throws DownloadError, with what has come left in the file unless it isn't WAV; the signal's reason if it is aborted; an Error of
 * the file system
 */
export async function download(url: string, file: FileHandle, options: DownloadOptions): Promise<number> {
  const { signal, waitsMs = WAITS_MS } = options;
  let most = await sizeOf(file);
  let failures = 0;
  for (;;) {
    try {
      await fetchRest(url, file, options);
      return await checkAudio(file);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof DownloadBreak)) throw error;
      const size = await sizeOf(file);
      if (size > most) failures = 0;
      most = Math.max(most, size);
      const waitMs = waitsMs[failures];
      if (waitMs === undefined) throw error;
      failures += 1;
      const retryAfterMs = Math.min(error.retryAfterMs ?? 0, MAX_RETRY_AFTER_MS);
      await delay(Math.max(waitMs, retryAfterMs), undefined, { signal });
    }
  }
}

/** Makes one attempt. @throws DownloadBreak if the file isn't complete after it */
async function fetchRest(url: string, file: FileHandle, { signal, onProgress }: DownloadOptions): Promise<void> {
  const stall = new AbortController();
  const timer = setTimeout(() => stall.abort(new Error(`nothing came for ${STALL_MS / 1000} s`)), STALL_MS);
  try {
    const offset = await sizeOf(file);
    const response = await getAudio(url, offset, AbortSignal.any([signal, stall.signal]));
    // Nothing is awaited before the body is read, or the connection might break unnoticed. Waiting for the disk does no harm,
    // because nothing else goes on in this process.
    const { begin, total } = placeAnswer(response, file, offset);
    if (response.statusCode === 416) return void response.destroy();
    let bytes = begin;
    await readBody(response, (chunk) => {
      timer.refresh();
      appendFileSync(file.fd, chunk);
      bytes += chunk.length;
      onProgress(bytes, total);
    });
    const size = await sizeOf(file);
    if (total !== undefined && size !== total) throw new DownloadBreak(`It has ${size} bytes instead of ${total}.`);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Decides what an answer means for the file, which has `offset` bytes, and empties the file if it begins again.
 *
 * @returns where in the file the body belongs, and the length of the whole file; undefined if the server doesn't say
 */
function placeAnswer(
  response: IncomingMessage,
  file: FileHandle,
  offset: number,
): { begin: number; total: number | undefined } {
  const { statusCode: status = 0, headers } = response;
  const length = lengthOf(headers);
  const [, start, whole] = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? [];
  const total = whole === undefined || whole === '*' ? undefined : Number(whole);
  if (status === 206 && Number(start) === offset) {
    return { begin: offset, total: total ?? (length === undefined ? undefined : offset + length) };
  }
  if (status === 416 && total === offset) return { begin: offset, total };
  if (offset > 0 && [200, 206, 416].includes(status)) ftruncateSync(file.fd);
  if (status === 200) return { begin: 0, total: length };
  response.destroy();
  throw refusal(status, headers);
}

function refusal(status: number, headers: IncomingMessage['headers']): DownloadError {
  if (status === 206 || status === 416) return new DownloadBreak('SignalWire sent another part than was asked for.');
  if (status === 404) return new DownloadError('SignalWire has no audio at its address (404).');
  const sentence = `SignalWire answered ${status}.`;
  if (status !== 408 && status !== 429 && status < 500) return new DownloadError(sentence);
  return new DownloadBreak(sentence, 1000 * Number(headers['retry-after']) || undefined);
}

function lengthOf(headers: IncomingMessage['headers']): number | undefined {
  const { 'content-length': length, 'content-encoding': encoding } = headers;
  return length === undefined || encoding !== undefined ? undefined : Number(length);
}

/** @returns the file's length in bytes */
async function checkAudio(file: FileHandle): Promise<number> {
  const size = await sizeOf(file);
  if (size === 0) throw new DownloadError('It is empty.');
  const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
  if (WAV_BEGINNINGS.includes(buffer.toString('latin1', 0, bytesRead))) return size;
  // Otherwise the next run would take this for the beginning of the audio.
  await file.truncate(0);
  throw new DownloadError('What came is not a WAV file.');
}

async function sizeOf(file: FileHandle): Promise<number> {
  return (await file.stat()).size;
}
