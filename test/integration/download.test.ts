import { open, readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { listen } from '../../src/http/server.js';
import { download } from '../../src/recordings/download.js';
import { DownloadError } from '../../src/recordings/download-error.js';
import { createWav } from '../../src/simulator/model/wav.js';
import { temporaryFolder } from '../support/finished-recordings.js';

const WAV = createWav(20_000);

/** Starts a server. `fetch` downloads from it into a file that has `before`, and resolves with the outcome. */
async function startServer(answer: RequestListener) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  const url = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}/audio`;
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const ranges = () => requests.map(({ headers }) => headers.range);

  async function fetch(before: Buffer = Buffer.alloc(0), signal = new AbortController().signal) {
    const path = join(await temporaryFolder(), 'audio.part');
    const file = await open(path, 'a+');
    await file.appendFile(before);
    const progress: number[] = [];
    const onProgress = (bytes: number) => void progress.push(bytes);
    const outcome = await download(url, file, { signal, onProgress, waitsMs: [1, 1, 1] }).catch(
      (error: Error) => error,
    );
    await file.close();
    return { outcome, content: await readFile(path), progress };
  }
  return { url, requests, ranges, fetch };
}

const startOf = ({ headers }: IncomingMessage) => Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);

/** Sends the bytes from `start` up to `end`, out of `total`, and then closes the connection. */
function sendPart(response: ServerResponse, start: number, end: number, total = WAV.length) {
  response.writeHead(start > 0 ? 206 : 200, {
    'content-length': total - start,
    ...(start > 0 && { 'content-range': `bytes ${start}-${total - 1}/${total}` }),
  });
  response.write(WAV.subarray(start, end), () => (end < total ? response.destroy() : response.end()));
}

it('resumes where the connection broke, as often as it brings something new', async () => {
  const { ranges, fetch } = await startServer((request, response) => {
    const start = startOf(request);
    sendPart(response, start, Math.min(start + 3000, WAV.length));
  });
  const { outcome, content, progress } = await fetch();
  expect(outcome).toBe(WAV.length);
  expect(content.equals(WAV)).toBe(true);
  expect(ranges()).toEqual([undefined, ...[3, 6, 9, 12, 15, 18].map((thousand) => `bytes=${thousand}000-`)]);
  expect(progress).toEqual(progress.toSorted((a, b) => a - b));
});

it('begins behind what an earlier run has left', async () => {
  const { ranges, fetch } = await startServer((request, response) => sendPart(response, startOf(request), WAV.length));
  const { outcome, content } = await fetch(WAV.subarray(0, 5000));
  expect(outcome).toBe(WAV.length);
  expect(content.equals(WAV)).toBe(true);
  expect(ranges()).toEqual(['bytes=5000-']);
});

it('begins again if the server ignores Range, and gives up if that brings nothing new', async () => {
  let length = 12_000;
  const { fetch, requests } = await startServer((_request, response) => sendPart(response, 0, length));
  const { outcome, content } = await fetch(WAV.subarray(0, 5000));
  expect(outcome).toBeInstanceOf(DownloadError);
  expect(requests).toHaveLength(4);
  // What has come stays.
  expect(content.equals(WAV.subarray(0, 12_000))).toBe(true);
  length = WAV.length;
  expect((await fetch(content)).content.equals(WAV)).toBe(true);
});

it('reports a file that is shorter than the server says, and keeps what has come', async () => {
  const { fetch } = await startServer((request, response) => {
    const start = startOf(request);
    if (start < 8000) return sendPart(response, start, 8000);
    response.writeHead(206, { 'content-range': `bytes ${start}-19999/20000`, 'content-length': 0 }).end();
  });
  const { outcome, content } = await fetch();
  expect(outcome).toMatchObject({ message: 'It has 8000 bytes instead of 20000.' });
  expect(content.equals(WAV.subarray(0, 8000))).toBe(true);
});

it('takes a part for complete if it has as many bytes as the file, and begins again if it has more', async () => {
  const { fetch, ranges } = await startServer((request, response) => {
    if (startOf(request) < WAV.length) return sendPart(response, startOf(request), WAV.length);
    response.writeHead(416, { 'content-range': `bytes */${WAV.length}` }).end();
  });
  expect(await fetch(WAV)).toMatchObject({ outcome: WAV.length, content: WAV });
  expect(ranges()).toEqual(['bytes=20000-']);
  const longer = await fetch(Buffer.concat([WAV, WAV]));
  expect(longer.outcome).toBe(WAV.length);
  expect(longer.content.equals(WAV)).toBe(true);
});

it('begins again if the server sends another part than the one that was asked for', async () => {
  const { fetch, ranges } = await startServer((request, response) =>
    startOf(request) === 0 ? sendPart(response, 0, WAV.length) : sendPart(response, 7000, WAV.length),
  );
  const { outcome, content } = await fetch(WAV.subarray(0, 5000));
  expect(outcome).toBe(WAV.length);
  expect(content.equals(WAV)).toBe(true);
  expect(ranges()).toEqual(['bytes=5000-', undefined]);
});

it('accepts a complete answer that does not say its length', async () => {
  const { fetch } = await startServer((_request, response) => {
    response.write(WAV.subarray(0, 100));
    response.end(WAV.subarray(100));
  });
  const { outcome, content } = await fetch();
  expect(outcome).toBe(WAV.length);
  expect(content.equals(WAV)).toBe(true);
});

it.each([
  ['is empty', 200, '', 'It is empty.', 1],
  ["is a gateway's page", 200, '<html>Sign in</html>', 'What came is not a WAV file.', 1],
  ['is not there', 404, '', 'SignalWire has no audio at its address (404).', 1],
  ['is refused', 403, 'no', 'SignalWire answered 403.', 1],
  ['fails again and again', 503, 'no', 'SignalWire answered 503.', 4],
])('reports an answer that %s, and keeps nothing of it', async (_case, status, body, message, attempts) => {
  const { fetch, requests } = await startServer((_request, response) => void response.writeHead(status).end(body));
  const { outcome, content } = await fetch();
  expect(outcome).toBeInstanceOf(DownloadError);
  expect(outcome).toMatchObject({ message });
  expect(content).toHaveLength(0);
  expect(requests).toHaveLength(attempts);
});

it('tries again after a 429 and a reset', async () => {
  let attempts = 0;
  const { fetch } = await startServer((request, response) => {
    attempts += 1;
    if (attempts === 1) return void response.writeHead(429, { 'retry-after': '0' }).end();
    if (attempts === 2) return void request.socket.resetAndDestroy();
    sendPart(response, 0, WAV.length);
  });
  expect((await fetch()).outcome).toBe(WAV.length);
});

it('sends no credentials, also where a redirect leads', async () => {
  const other = await startServer((request, response) => sendPart(response, startOf(request), WAV.length));
  const first = await startServer((_request, response) => void response.writeHead(302, { location: other.url }).end());
  expect((await first.fetch()).outcome).toBe(WAV.length);
  for (const { headers } of [...first.requests, ...other.requests]) {
    expect(headers).not.toHaveProperty('authorization');
    expect(headers).not.toHaveProperty('cookie');
  }
});

it.each([
  ['in circles', '/audio', 'Its address leads in circles.'],
  ['to an address that is not https', 'ftp://127.0.0.1/audio', 'Its address leads to one that is not https.'],
])('follows no redirects that lead %s', async (_where, location, sentence) => {
  const { fetch, requests } = await startServer((_request, response) => {
    response.writeHead(302, { location }).end();
  });
  expect((await fetch()).outcome).toEqual(new DownloadError(sentence));
  expect(requests.length).toBeLessThan(10);
});

it('stops at once when it is aborted, and keeps what has come', async () => {
  const interruption = new AbortController();
  const { fetch } = await startServer((_request, response) => {
    response.writeHead(200, { 'content-length': WAV.length });
    response.write(WAV.subarray(0, 5000));
    // The rest never comes.
    setTimeout(() => interruption.abort(), 100);
  });
  const { outcome, content } = await fetch(undefined, interruption.signal);
  expect(outcome).toMatchObject({ name: 'AbortError' });
  expect(content.equals(WAV.subarray(0, 5000))).toBe(true);
});
