import type { FileHandle } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fetchFailure } from '../http/fetch-failure.js';

export interface DownloadOptions {
  /** Ends the download. What has come stays in the file. */
  signal: AbortSignal;
  /** @param total undefined until it is known, or if the server doesn't say */
  onProgress(bytes: number, total: number | undefined): void;
  /** Called before each attempt. */
  onAttempt?(): Promise<void>;
  /** The waits after attempts in a row that brought nothing new, in milliseconds; after the last one, the download fails. */
  waitsMs?: readonly number[];
}

/** A file can't be fetched. The message is a sentence. */
export class DownloadError extends Error {}

/** A download broke off, and may be resumed. */
class Break extends DownloadError {
  constructor(
    sentence: string,
    /** Undefined if the server doesn't say. */
    readonly retryAfterMs?: number,
  ) {
    super(sentence);
  }
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
  const { signal, onAttempt, waitsMs = WAITS_MS } = options;
  let most = await sizeOf(file);
  let failures = 0;
  for (;;) {
    try {
      await onAttempt?.();
      await fetchRest(url, file, options);
      return await checkAudio(file);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Break)) throw error;
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

/** Makes one attempt. @throws Break if the file isn't complete after it */
async function fetchRest(url: string, file: FileHandle, { signal, onProgress }: DownloadOptions): Promise<void> {
  const stall = new AbortController();
  const timer = setTimeout(() => stall.abort(new Error(`nothing came for ${STALL_MS / 1000} s`)), STALL_MS);
  try {
    const offset = await sizeOf(file);
    // fetch would accept compressed answers, whose lengths and ranges are not those of the file.
    const headers = { 'accept-encoding': 'identity', ...(offset > 0 && { range: `bytes=${offset}-` }) };
    const response = await fetch(url, { headers, signal: AbortSignal.any([signal, stall.signal]) }).catch(toBreak);
    const total = await placeAnswer(url, response, file, offset).catch(async (error: Error) => {
      await response.body?.cancel();
      throw error;
    });
    if (response.status === 416) return;
    let bytes = await sizeOf(file);
    onProgress(bytes, total);
    for await (const chunk of chunksOf(response)) {
      timer.refresh();
      await file.appendFile(chunk);
      bytes += chunk.length;
      onProgress(bytes, total);
    }
    const size = await sizeOf(file);
    if (total !== undefined && size !== total) throw new Break(`It has ${size} bytes instead of ${total}.`);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Decides what an answer means for the file, which has `offset` bytes, and empties the file if it begins again.
 *
 * @returns the length of the whole file; undefined if the server doesn't say
 */
async function placeAnswer(
  url: string,
  { status, headers, redirected, url: from }: Response,
  file: FileHandle,
  offset: number,
): Promise<number | undefined> {
  if (redirected && new URL(from).protocol !== new URL(url).protocol) {
    throw new DownloadError('It leads to an address that is not encrypted.');
  }
  const length = lengthOf(headers);
  const [, unit, start, whole] = /^(bytes) (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(headers.get('content-range') ?? '') ?? [];
  const total = whole === undefined || whole === '*' ? undefined : Number(whole);
  switch (status) {
    case 200:
      await file.truncate(0);
      return length;
    case 206:
      if (unit && Number(start) === offset) return total ?? (length === undefined ? undefined : offset + length);
      await file.truncate(0);
      throw new Break('SignalWire sent another part than the one that was asked for.');
    case 416:
      if (total === offset) return total;
      await file.truncate(0);
      throw new Break(`SignalWire has no part that begins at byte ${offset}.`);
    case 404:
      throw new DownloadError('SignalWire has no audio at its address (404).');
    default: {
      const sentence = `SignalWire answered ${status}.`;
      if (status !== 408 && status !== 429 && status < 500) throw new DownloadError(sentence);
      throw new Break(sentence, 1000 * Number(headers.get('retry-after')) || undefined);
    }
  }
}

function lengthOf(headers: Headers): number | undefined {
  const length = headers.get('content-length');
  return length === null || headers.has('content-encoding') ? undefined : Number(length);
}

async function* chunksOf({ body }: Response): AsyncGenerator<Uint8Array> {
  try {
    if (body) yield* body;
  } catch (error) {
    toBreak(error);
  }
}

function toBreak(error: unknown): never {
  throw new Break(`The connection broke: ${error instanceof Error ? fetchFailure(error) : error}.`);
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
