import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { connectionFailure } from '../http/connection-failure.js';
import { DownloadBreak, DownloadError } from './download-error.js';

const MAX_REDIRECTS = 5;

/**
 * Requests a file without credentials, and follows redirects, but not to an address that is less protected.
 *
 * @param offset the first byte that is wanted
 * @returns the answer, which has begun to arrive
 * @throws DownloadBreak if there is none, DownloadError if it leads nowhere
 */
export async function getAudio(address: string, offset: number, signal: AbortSignal): Promise<IncomingMessage> {
  let url = new URL(address);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const response = await get(url, offset, signal);
    const { statusCode = 0, headers } = response;
    if (![301, 302, 303, 307, 308].includes(statusCode)) return response;
    response.destroy();
    const next = URL.parse(headers.location ?? '', url);
    if (!next || (next.protocol !== 'https:' && next.protocol !== url.protocol)) {
      throw new DownloadError('Its address leads to one that is not https.');
    }
    url = next;
  }
  throw new DownloadError('Its address leads in circles.');
}

// Not fetch, which loses what has arrived but isn't read yet when the connection breaks.
function get(url: URL, offset: number, signal: AbortSignal): Promise<IncomingMessage> {
  const headers = { 'accept-encoding': 'identity', ...(offset > 0 && { range: `bytes=${offset}-` }) };
  return new Promise((resolve, reject) => {
    const { request } = url.protocol === 'https:' ? https : http;
    const sent = request(url, { headers, signal }, resolve);
    // Node may close a connection without an error. Once an answer has begun, this changes nothing.
    sent.on('close', () => reject(brokenBy(new Error('it was closed'))));
    sent.on('error', (error) => reject(brokenBy(error))).end();
  });
}

/**
 * Reads the body of an answer to its end. Must be called before anything else happens to the answer, or a break may go unnoticed.
 *
 * @param onChunk called with each part, in order; if it throws, reading ends with its error
 * @throws DownloadBreak if the body breaks off
 */
export function readBody(response: IncomingMessage, onChunk: (chunk: Buffer) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    response.on('data', (chunk: Buffer) => {
      try {
        onChunk(chunk);
      } catch (error) {
        reject(error);
        response.destroy();
      }
    });
    response.on('end', resolve);
    response.on('error', (error) => reject(brokenBy(error)));
    response.on('close', () => reject(brokenBy(new Error('it was closed'))));
  });
}

function brokenBy(error: Error): DownloadBreak {
  return new DownloadBreak(`The connection broke: ${connectionFailure(error)}.`);
}
