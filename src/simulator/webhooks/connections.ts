import { Agent as HttpAgent, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { SignedRequest } from './sign-webhook.js';
import type { WebhookTimeouts } from './timeouts.js';

export interface Answer {
  status: number;
  contentType: string;
  body: string;
}

/** Sends requests over connections that it keeps. */
export interface Connections {
  /** @throws Error when there is no answer in time, and when the signal aborts */
  send(request: SignedRequest, timeouts: WebhookTimeouts, signal: AbortSignal): Promise<Answer>;
  /** Fails what is under way. */
  close(): void;
}

// Not undici, whose limits are only good to a second.
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
        const limit = (what: string, ms: number) => {
          clearTimeout(timer);
          timer = setTimeout(() => request.destroy(new Error(`${what} took longer than ${ms} ms`)), ms);
        };
        const onConnected = () => limit('the answer', readMs);
        limit('the connection', connectMs);
        request.on('socket', (socket) => {
          if (socket.connecting) socket.once(isTls ? 'secureConnect' : 'connect', onConnected);
          else onConnected();
        });
        request.on('response', (response) => {
          const chunks: Buffer[] = [];
          const { statusCode = 0, headers } = response;
          response.on('data', (chunk) => {
            chunks.push(chunk);
            onConnected();
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
