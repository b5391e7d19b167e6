import { setTimeout as delay } from 'node:timers/promises';
import type { Webhook } from '../model/callbacks.js';
import type { Traits } from '../model/traits.js';
import { createConnections, type WebhookResponse } from './connections.js';
import { signWebhook } from './sign-webhook.js';
import { readTimeouts } from './timeouts.js';

/** Sends webhooks with SignalWire's signatures, time limits and retries. */
export interface WebhookSender {
  /** Sends a voice webhook, once. @throws Error if it isn't answered in time */
  send(webhook: Webhook): Promise<WebhookResponse>;
  /** Sends a callback, and retries if that fails. Resolves with the reason if every attempt failed. Never rejects. */
  sendCallback(webhook: Webhook): Promise<string | undefined>;
  close(): void;
}

export interface WebhookSenderOptions {
  signingKey: string;
  /** How the parameters of a POST are encoded. */
  encoding(): Traits['parameters'];
  /** The wait before each retry of a callback, in milliseconds. */
  retryWaitsMs: readonly number[];
}

export function createWebhookSender({ signingKey, encoding, retryWaitsMs }: WebhookSenderOptions): WebhookSender {
  const connections = createConnections();
  const closing = new AbortController();

  function send(webhook: Webhook, total?: AbortSignal): Promise<WebhookResponse> {
    const { url, timeouts } = readTimeouts(webhook.url);
    const signed = signWebhook({ ...webhook, url }, signingKey, encoding());
    return connections.send(signed, timeouts, total ?? AbortSignal.timeout(timeouts.totalMs));
  }

  /** @returns why it failed; undefined if it succeeded */
  async function attempt(webhook: Webhook, total: AbortSignal): Promise<string | undefined> {
    try {
      const { status } = await send(webhook, total);
      return status < 300 ? undefined : `it was answered with ${status}`;
    } catch (error) {
      return error instanceof Error ? error.message || error.name : String(error);
    }
  }

  return {
    send: (webhook) => send(webhook),
    async sendCallback(webhook) {
      const total = AbortSignal.timeout(readTimeouts(webhook.url).timeouts.totalMs);
      const isOver = AbortSignal.any([total, closing.signal]);
      let failure = await attempt(webhook, total);
      for (const waitMs of retryWaitsMs) {
        if (failure === undefined) break;
        await delay(waitMs, undefined, { signal: isOver }).catch(() => {});
        if (isOver.aborted) break;
        failure = await attempt(webhook, total);
      }
      return closing.signal.aborted ? undefined : failure;
    },
    close() {
      closing.abort();
      connections.close();
    },
  };
}
