import { Agent as HttpAgent, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { SignedRequest } from './sign-webhook.js';
import type { WebhookTimeouts } from './timeouts.js';

export interface WebhookResponse {
  status: number;
  contentType: string;
  body: string;
}

/** Sends requests over keep-alive connections. */
export interface Connections {
  /** @throws Error if a time limit passes, the signal aborts, or the connection fails */
  send(request: SignedRequest, timeouts: WebhookTimeouts, signal: AbortSignal): Promise<WebhookResponse>;
  /** Closes the connections. Requests in flight fail. */
  close(): void;
}

// undici's time limits are only accurate to a second, so this uses node:http.
export function createConnections(): Connections {
  const http = new HttpAgent({ keepAlive: true });
  const https = new HttpsAgent({ keepAlive: true });

  return {
    send({ url, method, headers, body }, { connectMs, readMs }, signal) {
      return new Promise((resolve, reject) => {
        const options = { method, headers: { ...headers, ...lengthOf(body) }, signal };
        const isTls = url.startsWith('https:');
        const request = isTls
          ? requestHttps(url, { ...options, agent: https })
          : requestHttp(url, { ...options, agent: http });
        let timer: NodeJS.Timeout | undefined;
        const startTimer = (awaited: string, ms: number) => {
          clearTimeout(timer);
          timer = setTimeout(() => request.destroy(new Error(`${awaited} took longer than ${ms} ms`)), ms);
        };
        const onProgress = () => startTimer('the answer', readMs);
        startTimer('the connection', connectMs);
        request.on('socket', (socket) => {
          if (socket.connecting) socket.once(isTls ? 'secureConnect' : 'connect', onProgress);
          else onProgress();
        });
        request.on('response', (response) => {
          const chunks: Buffer[] = [];
          const { statusCode = 0, headers } = response;
          response.on('data', (chunk) => {
            chunks.push(chunk);
            onProgress();
          });
          response.on('error', reject);
          response.on('end', () => {
            const contentType = headers['content-type'] ?? '';
            resolve({ status: statusCode, contentType, body: Buffer.concat(chunks).toString() });
          });
        });
        request.on('error', reject);
        request.on('close', () => clearTimeout(timer));
        request.end(body ?? undefined);
      });
    },
    close() {
      http.destroy();
      https.destroy();
    },
  };
}

function lengthOf(body: string | null): { 'content-length'?: number } {
  return body === null ? {} : { 'content-length': Buffer.byteLength(body) };
}
