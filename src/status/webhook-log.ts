import type { RequestHandler } from 'express';
import type { Listener, WebhookRecord } from '../recorder-events.js';

export interface LoggedWebhook extends WebhookRecord {
  /** Its place among all webhooks since the start, counted from 1. */
  number: number;
  /** When it was answered (ISO 8601). */
  at: string;
  /** The name of the copy that answered it; null without REDIS_URL. */
  copy: string | null;
}

/** The answer of `GET /webhooks`: the latest first. Kept apart, so that noise doesn't displace what counts. */
export interface RecentWebhooks {
  accepted: LoggedWebhook[];
  refused: LoggedWebhook[];
}

const MAX_KEPT = 50;

/**
 * The last webhooks that were accepted, and the last that were refused, by this copy or one that it is linked with.
 *
 * @param self the name of this copy; undefined if nothing links it with others
 */
export function createWebhookLog(self: () => string | undefined): { record: Listener; answer: RequestHandler } {
  const recent: RecentWebhooks = { accepted: [], refused: [] };
  let count = 0;
  return {
    record(event) {
      if (event.type !== 'webhook-answered') return;
      const { type: _type, copy = self() ?? null, ...webhook } = event;
      const kept = webhook.reason === null ? recent.accepted : recent.refused;
      count += 1;
      const ms = Math.round(webhook.ms * 10) / 10;
      kept.unshift({ number: count, at: new Date().toISOString(), ...webhook, ms, copy });
      kept.length = Math.min(kept.length, MAX_KEPT);
    },
    answer: (_request, response) => void response.json(recent),
  };
}
