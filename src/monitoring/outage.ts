import type { Logger } from 'pino';
import type { Emit, Listener } from '../recorder-events.js';
import { isNotFound, isUnauthorized, isUnprocessable, SpaceError } from '../signalwire/space-error.js';

/**
 * Detects outages from failed requests. However many requests fail, the beginning of an outage and its end are each logged and
 * emitted once. A single failure followed by a success is not an outage. An outage ends when everything that failed has
 * succeeded. A refusal (404, 422) concerns one recording only.
 *
 * @param emit receives the beginning and the end of an outage
 * @param hasDiscovery whether requests go on even if no conference is in progress
 */
export function createOutageDetector(log: Logger, emit: Emit, hasDiscovery: boolean): Listener {
  /** How many failures each subject has had in a row. */
  const failing = new Map<string, number>();
  let beganAt = 0;
  let failures = 0;
  let hasBegun = false;
  let isUnauthorizedLogged = false;

  function begin({ status }: SpaceError): void {
    if (!hasBegun) emit({ type: 'outage-began', status });
    hasBegun = true;
  }

  function addFailure(subject: string, error: SpaceError): void {
    if (failing.size === 0 && !hasBegun) beganAt = performance.now();
    const inARow = (failing.get(subject) ?? 0) + 1;
    failing.set(subject, inARow);
    failures += 1;
    const reason = error.message;
    // Wrong credentials don't mend themselves, so the first 401 is logged at once.
    if (isUnauthorized(error) && !isUnauthorizedLogged) {
      log.error({ reason }, 'SignalWire refuses our credentials: recordings stay as they are until it accepts them');
      isUnauthorizedLogged = true;
      begin(error);
    } else if (inARow > 1 && !hasBegun) {
      log.warn({ reason }, 'SignalWire is failing: recordings stay as they are, and requests are retried');
      begin(error);
    }
  }

  function endIfAllAnswered(): void {
    if (failing.size === 0) end('SignalWire answers again');
  }

  function end(message: string): void {
    if (hasBegun) {
      const seconds = Math.round((performance.now() - beganAt) / 100) / 10;
      log.info({ seconds, failures }, message);
      emit({ type: 'outage-ended' });
    }
    failures = 0;
    hasBegun = false;
    isUnauthorizedLogged = false;
  }

  return (event) => {
    switch (event.type) {
      case 'requests-failed': {
        const { subject, error } = event;
        if (!(error instanceof SpaceError)) return;
        const isRefusal = isNotFound(error) || isUnprocessable(error);
        if (!isRefusal || subject.startsWith('discovery')) return addFailure(subject, error);
        if (failing.delete(subject)) endIfAllAnswered();
        return;
      }
      case 'requests-answered':
        failing.delete(event.subject);
        endIfAllAnswered();
        return;
      case 'conference-over':
        // This alone doesn't end an outage: only an answered request does, if one follows.
        if (failing.delete(event.conferenceSid) && failing.size === 0 && !hasDiscovery) end('nothing fails any more');
        return;
    }
  };
}
