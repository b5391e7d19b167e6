import { streamOf } from './model/random.js';
import { refusal, unchangeable } from './rest-api/api-error.js';
import type { ApiAnswer, ApiRequest, Outcome } from './rest-api/exchange.js';

/**
 * What goes wrong in a space. Shares are from 0 (never) to 1 (always). Requests that place or end a call are spared:
 * without calls there would be nothing to see.
 */
export interface Faults {
  /** Decides which callbacks and requests are hit: the same ones for the same seed. */
  seed: number;
  /** Callbacks that are lost for good, without a try. */
  drop: number;
  /** Callbacks that are sent twice. */
  double: number;
  /** Callbacks that are sent late, by up to `delayMs`. */
  delay: number;
  delayMs: number;
  /** Callbacks that are sent after the one that follows them in their conference. */
  reorder: number;
  /** Requests answered with 429. */
  tooMany: number;
  /** What a 429 says in `Retry-After`, in seconds; 0 leaves the header out. */
  retryAfter: number;
  /** Requests answered with 503: by SignalWire (JSON), by a gateway before it (HTML), or by nobody (empty). Half are obeyed. */
  unavailable: number;
  /** Requests that are never answered, though two of three are obeyed: at once, or up to `obeyMs` later. */
  hang: number;
  obeyMs: number;
  /** Requests whose connection is reset, though half of them are obeyed. */
  reset: number;
  /** Requests on a recording that are answered with 404. */
  missing: number;
  /** Changes of a recording that are answered with 422. */
  stuck: number;
}

export const NO_FAULTS: Faults = {
  seed: 1,
  drop: 0,
  double: 0,
  delay: 0,
  delayMs: 3000,
  reorder: 0,
  tooMany: 0,
  retryAfter: 1,
  unavailable: 0,
  hang: 0,
  obeyMs: 8000,
  reset: 0,
  missing: 0,
  stuck: 0,
};

/** Lets faults strike. The faults may be changed at any time. */
export interface FaultInjector {
  /**
   * Sends a callback of a conference, or does to it what the faults say: the same to the third leave of a conference,
   * whatever else is called back.
   */
  deliver(conferenceName: string, event: string, send: () => void): void;
  /** Counts callbacks anew: the names of conferences that are over would pile up. */
  forgetPast(): void;
  /** Answers a request, or does to it what the faults say; the promise never settles for one that hangs. */
  answer(request: ApiRequest, handle: () => Outcome | Promise<Outcome>): Promise<Outcome>;
}

const CALLS = /^\/[^/]+\/Calls(\/|$)/;

/** A callback that waits to be overtaken goes out after this all the same: there may be none after it. */
const OVERTAKEN_WITHIN_MS = 2000;

export function createFaultInjector(faults: Faults): FaultInjector {
  const callbacks = new Map<string, number>();
  const overtaken = new Map<string, (() => void)[]>();
  let requests = 0;

  function sendLate(conferenceName: string, send: () => void): void {
    let isSent = false;
    const sendOnce = () => {
      if (!isSent) send();
      isSent = true;
    };
    overtaken.set(conferenceName, [...(overtaken.get(conferenceName) ?? []), sendOnce]);
    setTimeout(sendOnce, OVERTAKEN_WITHIN_MS).unref();
  }

  return {
    deliver(conferenceName, event, send) {
      const kind = JSON.stringify([conferenceName, event]);
      const ordinal = (callbacks.get(kind) ?? 0) + 1;
      callbacks.set(kind, ordinal);
      const roll = (what: string) => chance(faults.seed, what, kind, ordinal);
      const waiting = overtaken.get(conferenceName) ?? [];
      overtaken.delete(conferenceName);

      if (roll('drop') >= faults.drop) {
        if (roll('double') < faults.double) setTimeout(send, roll('double by') * faults.delayMs).unref();
        if (roll('reorder') < faults.reorder) sendLate(conferenceName, send);
        else if (roll('delay') < faults.delay) setTimeout(send, roll('delay by') * faults.delayMs).unref();
        else send();
      }
      for (const sendWaiting of waiting) sendWaiting();
    },

    forgetPast: () => callbacks.clear(),

    async answer(request, handle) {
      if (request.method === 'POST' && CALLS.test(request.path)) return handle();
      requests += 1;
      const ordinal = requests;
      const strikes = (what: 'tooMany' | 'unavailable' | 'hang' | 'reset' | 'missing' | 'stuck') =>
        chance(faults.seed, what, ordinal) < faults[what];
      const isObeyed = chance(faults.seed, 'obeyed', ordinal) < 0.5;
      const isOnRecording = /\/Recordings\/[^/]+$/.test(request.path);

      if (strikes('hang')) {
        const late = 3 * chance(faults.seed, 'obeyed late', ordinal);
        if (late < 1) setTimeout(handle, late * faults.obeyMs).unref();
        else if (late < 2) handle();
        // Only the asker's patience ends this.
        await new Promise(() => {});
      }
      if (strikes('reset')) {
        if (isObeyed) handle();
        return 'reset';
      }
      if (strikes('tooMany')) return tooMany(faults.retryAfter);
      if (strikes('unavailable')) {
        if (isObeyed) handle();
        return unavailable(chance(faults.seed, 'unavailable as', ordinal));
      }
      if (isOnRecording && strikes('missing')) return refusal(404, 20404, 'There is no such resource');
      if (isOnRecording && request.method === 'POST' && strikes('stuck')) return unchangeable('The recording is stuck');
      return handle();
    },
  };
}

function tooMany(retryAfter: number): ApiAnswer {
  const { status, body } = refusal(429, 20429, 'Too many requests');
  return { status, body, headers: retryAfter > 0 ? { 'retry-after': String(retryAfter) } : {} };
}

function unavailable(form: number): ApiAnswer {
  if (form < 1 / 3) return refusal(503, 20503, 'Service unavailable');
  return { status: 503, body: form < 2 / 3 ? '<html><body><h1>503 Service Unavailable</h1></body></html>' : '' };
}

/**
 * A number from 0 up to 1 that is always the same for the same seed and the same thing: what becomes of one callback
 * doesn't depend on what else happened before it.
 *
 * @param thing what is to be decided, for example `drop`, a conference's name and the number of its callback
 */
function chance(seed: number, ...thing: (string | number)[]): number {
  return streamOf(seed, JSON.stringify(thing)).next();
}
