import { EventEmitter, once } from 'node:events';
import { expect } from 'vitest';
import {
  eventually,
  kindOf,
  liveConference,
  type Options,
  type Pair,
  quiet,
  startPair,
} from './service-beside-simulator.js';
import { sign } from './sign.js';
import { recordingStatus } from './space-state.js';

export const READ_LIST = 'GET Conferences Participants';
export const READ_RECORDING = 'GET Conferences Recordings';
export const READ_CONFERENCES = 'GET Conferences';
export const WRITE = 'POST Conferences Recordings';

/** The reconciler's waits, a tenth as long or shorter. */
export const FAST = { leaveReport: 200, joinReport: 300, settle: 40, retryFirst: 20, retryMax: 80 };

export const statusOf = ({ simulator }: Pair) => recordingStatus(liveConference(simulator));
export const isPaused = (pair: Pair) => eventually(() => expect(statusOf(pair)).toBe('paused'));
export const isResumed = (pair: Pair) => eventually(() => expect(statusOf(pair)).toBe('resumed'));
export const countOf = ({ requests }: Pair, kind: string) => requests.filter((request) => request === kind).length;

/** Until the last settling read is due, after the last callback. */
const SETTLED_MS = FAST.joinReport + FAST.settle;

/** Lets everything run out: the reports, the settling reads, the retries. */
export const settled = ({ simulator }: Pair) => quiet(simulator, SETTLED_MS + 110);

/** How many conferences the service knows, as /healthz says. */
export async function known({ service }: { service: { port: number } }): Promise<number> {
  const { conferences } = await (await fetch(`http://127.0.0.1:${service.port}/healthz`)).json();
  return conferences;
}

/** Two are in a recorded conference, and the service knows it all. */
export async function twoPeople(options: Options = {}) {
  const pair = await startPair({ durations: FAST, ...options });
  const first = await pair.simulator.call();
  const second = await pair.simulator.call();
  const { resyncIntervalMs = 0 } = options.settings ?? {};
  // Where resyncs never cease there is no quiet: then enough discoveries, of two lists each, must have gone by.
  if (resyncIntervalMs === 0) await settled(pair);
  else {
    const lists = countOf(pair, READ_CONFERENCES) + 2 * (SETTLED_MS / resyncIntervalMs + 2);
    await eventually(() => expect(countOf(pair, READ_CONFERENCES)).toBeGreaterThan(lists));
  }
  pair.requests.length = 0;
  return { pair, first, second };
}

/** One is left in a paused conference. */
export async function onePerson(options: Options = {}) {
  const { pair, first, second } = await twoPeople(options);
  pair.simulator.hangUp(second);
  await isPaused(pair);
  await settled(pair);
  pair.requests.length = 0;
  return { pair, first };
}

/** Has requests of some kinds answered with a status for as long as the test wants. */
export function fail({ simulator }: Pair, status: number, ...kinds: string[]): { heal(): void } {
  const before = simulator.onRequest;
  simulator.onRequest = (request, handle) =>
    kinds.includes(kindOf(request))
      ? { status, body: { code: status, message: 'no', status } }
      : before(request, handle);
  return {
    heal() {
      simulator.onRequest = before;
    },
  };
}

/** Has requests of a kind answered with another text than the simulator's, for as long as the test wants. */
export function answer(
  { simulator }: Pick<Pair, 'simulator'>,
  kind: string,
  write: (text: string) => string,
): { heal(): void } {
  const before = simulator.onRequest;
  simulator.onRequest = async (request, handle) => {
    const outcome = await before(request, handle);
    if (kindOf(request) !== kind || outcome === 'reset') return outcome;
    return { ...outcome, body: write(JSON.stringify(outcome.body)) };
  };
  return {
    heal() {
      simulator.onRequest = before;
    },
  };
}

/** Has the next request of a kind wait, after SignalWire has done what it asks, until the test lets its answer go. */
export function hold({ simulator }: Pair, kind: string): { isThere: Promise<unknown>; go(): void } {
  const before = simulator.onRequest;
  const gate = new EventEmitter();
  const isThere = once(gate, 'arrival');
  const isOpen = once(gate, 'go');
  simulator.onRequest = async (request, handle) => {
    if (kindOf(request) !== kind) return before(request, handle);
    simulator.onRequest = before;
    const handled = await before(request, handle);
    gate.emit('arrival');
    await isOpen;
    return handled;
  };
  return { isThere, go: () => void gate.emit('go') };
}

/** Posts a correctly signed callback; returns the status of the answer. */
export async function post(
  { simulator }: Pick<Pair, 'simulator'>,
  url: string,
  form: Record<string, string>,
): Promise<number> {
  const headers = { 'x-signalwire-signature': sign(simulator.signingKey, url, form) };
  return (await fetch(url, { method: 'POST', headers, body: new URLSearchParams(form) })).status;
}

const LEVELS: Record<number, string> = { 30: 'info', 40: 'warn', 50: 'error' };

/** What the log says of SignalWire's failing and working again. */
export const loggedOutages = ({ log }: Pair) =>
  log
    .filter(({ msg, level }) => msg.startsWith('SignalWire ') && level > 20)
    .map(({ msg, level }) => `${LEVELS[level]} ${msg.replace(/:.*/, ': …')}`);
