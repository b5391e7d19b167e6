import { createHmac } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';

/** A request that SignalWire makes of an application. */
export interface Webhook {
  url: string;
  method: 'GET' | 'POST';
  parameters: Record<string, string>;
}

export interface Answer {
  status: number;
  contentType: string;
  body: string;
}

// SignalWire's own limits. Source: its page "Common webhook errors".
const CONNECT_MS = 2000;
const ANSWER_MS = 5000;
const ATTEMPTS = 3;

/** Sends webhooks as SignalWire does. */
export interface WebhookSender {
  /** One attempt. @throws Error when there is no answer in time */
  send(webhook: Webhook): Promise<Answer>;
  /** Three attempts; then it's lost, and the promise resolves with why. Never rejects. */
  sendCallback(webhook: Webhook): Promise<string | undefined>;
  close(): Promise<void>;
}

/**
 * @param signingKey what the webhooks are signed with
 * @param betweenAttemptsMs how long it waits before it tries again
 */
export function createWebhookSender(signingKey: string, betweenAttemptsMs: number): WebhookSender {
  const agent = new Agent({ connect: { timeout: CONNECT_MS } });
  const closing = new AbortController();

  async function send(webhook: Webhook): Promise<Answer> {
    const { url, body, signature } = sign(webhook, signingKey);
    const response = await request(url, {
      dispatcher: agent,
      method: webhook.method,
      body,
      headers: {
        'x-signalwire-signature': signature,
        ...(body !== null && { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const contentType = String(response.headers['content-type'] ?? '');
    return { status: response.statusCode, contentType, body: await response.body.text() };
  }

  async function attempt(webhook: Webhook): Promise<string | undefined> {
    try {
      const { status } = await send(webhook);
      return status < 300 ? undefined : `it was answered with ${status}`;
    } catch (error) {
      return error instanceof Error ? error.message || error.name : String(error);
    }
  }

  return {
    send,
    async sendCallback(webhook) {
      let failure = await attempt(webhook);
      for (let attempts = 1; failure !== undefined && attempts < ATTEMPTS; attempts += 1) {
        await delay(betweenAttemptsMs, undefined, { signal: closing.signal }).catch(() => {});
        if (closing.signal.aborted) return undefined;
        failure = await attempt(webhook);
      }
      return failure;
    },
    async close() {
      closing.abort();
      await agent.destroy();
    },
  };
}

// A POST is signed over the URL and each parameter in the order of the names, a GET over the URL that carries them.
// Source: SignalWire's guide "Webhook security".
function sign({ url, method, parameters }: Webhook, signingKey: string) {
  const encoded = new URLSearchParams(parameters).toString();
  const full = method === 'GET' ? `${url}${url.includes('?') ? '&' : '?'}${encoded}` : url;
  const hmac = createHmac('sha1', signingKey).update(full);
  if (method === 'POST') for (const name of Object.keys(parameters).sort()) hmac.update(name + parameters[name]);
  return { url: full, body: method === 'POST' ? encoded : null, signature: hmac.digest('base64') };
}
