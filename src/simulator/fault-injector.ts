import type { Faults } from './faults.js';
import { createStream } from './model/random.js';
import { apiError, recordingNotUpdated } from './rest-api/api-error.js';
import type { ApiOutcome, ApiRequest, ApiResponse } from './rest-api/exchange.js';

/** Applies faults to callbacks and requests. The faults may be changed at any time. */
export interface FaultInjector {
  /**
   * Sends a callback, or drops, doubles, delays or reorders it. What happens to the third leave of a conference, for example,
   * depends on the seed alone, and not on other callbacks.
   *
   * @param event the name of the callback's event
   * @param send sends the callback
   */
  deliver(conferenceName: string, event: string, send: () => void): void;
  /** Starts to count callbacks from zero. Otherwise the counts of conferences that are over would accumulate. */
  resetCounts(): void;
  /** Handles a request, or lets it fail. The promise never settles for a request that hangs. */
  answer(request: ApiRequest, handle: () => ApiOutcome | Promise<ApiOutcome>): Promise<ApiOutcome>;
}

const CALLS = /^\/[^/]+\/Calls(\/|$)/;

/** How long a callback waits for the next one to overtake it. There may be no next one. */
const MAX_REORDER_MS = 2000;

export function createFaultInjector(faults: Faults): FaultInjector {
  /** How many callbacks there were, by conference and event. */
  const counts = new Map<string, number>();
  /** The callbacks that wait to be overtaken, by conference. */
  const waiting = new Map<string, (() => void)[]>();
  let requests = 0;

  function sendAfterNext(conferenceName: string, send: () => void): void {
    let isSent = false;
    const sendOnce = () => {
      if (!isSent) send();
      isSent = true;
    };
    waiting.set(conferenceName, [...(waiting.get(conferenceName) ?? []), sendOnce]);
    setTimeout(sendOnce, MAX_REORDER_MS).unref();
  }

  return {
    deliver(conferenceName, event, send) {
      const kind = JSON.stringify([conferenceName, event]);
      const ordinal = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, ordinal);
      const draw = (decision: string) => drawOnce(faults.seed, decision, kind, ordinal);
      const overtaken = waiting.get(conferenceName) ?? [];
      waiting.delete(conferenceName);

      if (draw('drop') >= faults.drop) {
        if (draw('double') < faults.double) setTimeout(send, draw('double by') * faults.delayMs).unref();
        if (draw('reorder') < faults.reorder) sendAfterNext(conferenceName, send);
        else if (draw('delay') < faults.delay) setTimeout(send, draw('delay by') * faults.delayMs).unref();
        else send();
      }
      for (const sendOvertaken of overtaken) sendOvertaken();
    },

    resetCounts: () => counts.clear(),

    async answer(request, handle) {
      if (request.method === 'POST' && CALLS.test(request.path)) return handle();
      requests += 1;
      const ordinal = requests;
      const isHit = (fault: 'tooMany' | 'unavailable' | 'hang' | 'reset' | 'missing' | 'stuck') =>
        drawOnce(faults.seed, fault, ordinal) < faults[fault];
      const takesEffect = drawOnce(faults.seed, 'obeyed', ordinal) < 0.5;
      const isForRecording = /\/Recordings\/[^/]+$/.test(request.path);

      if (isHit('hang')) {
        const when = 3 * drawOnce(faults.seed, 'obeyed late', ordinal);
        if (when < 1) setTimeout(handle, when * faults.obeyMs).unref();
        else if (when < 2) handle();
        await new Promise(() => {});
      }
      if (isHit('reset')) {
        return takesEffect ? breakOff(await handle(), drawOnce(faults.seed, 'break off at', ordinal)) : 'reset';
      }
      if (isHit('tooMany')) return tooManyRequests(faults.retryAfter);
      if (isHit('unavailable')) {
        if (takesEffect) handle();
        return serviceUnavailable(drawOnce(faults.seed, 'unavailable as', ordinal));
      }
      if (isForRecording && isHit('missing')) return apiError(404, 20404, 'There is no such resource');
      if (isForRecording && request.method === 'POST' && isHit('stuck')) {
        return recordingNotUpdated('The recording is stuck');
      }
      return handle();
    },
  };
}

/** The beginning of an audio file. Any other answer is lost as a whole. @param share from 0 up to 1 */
function breakOff(outcome: ApiOutcome, share: number): ApiOutcome {
  if (outcome === 'reset' || !(outcome.body instanceof Uint8Array)) return 'reset';
  return { ...outcome, cut: { bytes: 1 + Math.floor((outcome.body.length - 1) * share), ending: 'close' } };
}

function tooManyRequests(retryAfter: number): ApiResponse {
  const { status, body } = apiError(429, 20429, 'Too many requests');
  return { status, body, headers: retryAfter > 0 ? { 'retry-after': String(retryAfter) } : {} };
}

/** A 503 of SignalWire (JSON), of a gateway in front of it (HTML), or with an empty body. @param form from 0 up to 1 */
function serviceUnavailable(form: number): ApiResponse {
  if (form < 1 / 3) return apiError(503, 20503, 'Service unavailable');
  return { status: 503, body: form < 2 / 3 ? '<html><body><h1>503 Service Unavailable</h1></body></html>' : '' };
}

/**
 * A number from 0 up to, but not including, 1. It depends on the seed and the decision alone, and not on what else was drawn.
 *
 * @param decision what the number decides, for example `drop`, a conference's name and the ordinal of a callback
 */
function drawOnce(seed: number, ...decision: (string | number)[]): number {
  return createStream(seed, JSON.stringify(decision)).next();
}
