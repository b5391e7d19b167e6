import type { RequestHandler } from 'express';
import type { LinkStatus } from '../copies/link-status.js';
import type { Listener } from '../recorder-events.js';

/** What a service answers at `/readyz`. */
export interface ReadinessReport {
  /** Whether it should get requests. */
  ready: boolean;
  /** Why not, in a sentence; null if it is ready. */
  reason: string | null;
  /** How SignalWire does. It never decides readiness: `/inbound` needs no API, and an outage must not take away every copy. */
  signalwire: {
    ok: boolean;
    /** When it began to fail (ISO 8601); null if it is ok. */
    since: string | null;
    reason: string | null;
  };
  /**
   * How the link to the other copies does, and how many act as one; null without REDIS_URL. It never decides readiness, either,
   * because each copy works by itself while Redis fails.
   */
  redis: {
    ok: boolean;
    /** When it began to fail (ISO 8601); null if it is ok. */
    since: string | null;
    reason: string | null;
    /** This copy is one of them. */
    copies: number;
  } | null;
}

export interface Readiness {
  /** Must receive every event. */
  listener: Listener;
  /** Answers 200 if the service is ready, otherwise 503. */
  answer: RequestHandler;
  /** The first discovery is complete, or has taken as long as callers wait for it. */
  started(): void;
  stopping(): void;
}

/**
 * @param publicUrl where SignalWire reaches this service; undefined until a tunnel is open
 * @param linkStatus undefined without REDIS_URL
 */
export function createReadiness(
  publicUrl: () => string | undefined,
  linkStatus: Pick<LinkStatus, 'current'> | undefined,
): Readiness {
  let isStarted = false;
  let isStopping = false;
  let signalwire: ReadinessReport['signalwire'] = { ok: true, since: null, reason: null };

  function notReadyReason(): string | null {
    if (isStopping) return 'The service is stopping.';
    if (!isStarted) return 'The first discovery is not complete yet.';
    return publicUrl() === undefined ? 'The public URL is not known yet.' : null;
  }

  function redis(): ReadinessReport['redis'] {
    if (linkStatus === undefined) return null;
    const { ok, since, reason, copies } = linkStatus.current();
    if (!ok && since === undefined) return { ok, since: null, reason: 'It has not answered yet.', copies };
    return {
      ok,
      since: since === undefined ? null : new Date(since).toISOString(),
      reason: reason === undefined ? null : `${reason}.`,
      copies,
    };
  }

  return {
    listener(event) {
      if (event.type === 'outage-ended') signalwire = { ok: true, since: null, reason: null };
      if (event.type !== 'outage-began') return;
      const reason = event.status === undefined ? 'It does not answer.' : `It answers ${event.status}.`;
      signalwire = { ok: false, since: new Date().toISOString(), reason };
    },
    answer(_request, response) {
      const reason = notReadyReason();
      response.status(reason === null ? 200 : 503);
      response.json({ ready: reason === null, reason, signalwire, redis: redis() } satisfies ReadinessReport);
    },
    started() {
      isStarted = true;
    },
    stopping() {
      isStopping = true;
    },
  };
}
