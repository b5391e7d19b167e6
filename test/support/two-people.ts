import { EventEmitter, once } from 'node:events';
import { expect } from 'vitest';
import {
  eventually,
  kindOf,
  liveConference,
  type Options,
  type Pair,
  quiet,
  recordingStatus,
  startPair,
} from './service-beside-simulator.js';
import { sign } from './sign.js';

export const READ_LIST = 'GET Conferences Participants';
export const READ_RECORDING = 'GET Conferences Recordings';
export const READ_CONFERENCES = 'GET Conferences';
export const WRITE = 'POST Conferences Recordings';

/** The reconciler's waits, a tenth as long or shorter. */
export const FAST = { word: 200, settle: 240, retryFirst: 20, retryMost: 80 };

export const statusOf = ({ simulator }: Pair) => recordingStatus(liveConference(simulator));
export const isPaused = (pair: Pair) => eventually(() => expect(statusOf(pair)).toBe('paused'));
export const isResumed = (pair: Pair) => eventually(() => expect(statusOf(pair)).toBe('resumed'));
export const countOf = ({ requests }: Pair, kind: string) => requests.filter((request) => request === kind).length;

/** Lets everything run out: the words, the settling look, the retries. */
export const settled = ({ simulator }: Pair) => quiet(simulator, FAST.settle + 110);

/** How many conferences the service knows, as /healthz says. */
export async function known({ service }: { service: { port: number } }): Promise<number> {
  const { conferences } = await (await fetch(`http://127.0.0.1:${service.port}/healthz`)).json();
  return conferences;
}

/** Two are in a recorded conference, and the service has seen it all. */
export async function twoPeople(options: Options = {}) {
  const pair = await startPair({ durations: FAST, ...options });
  const first = await pair.simulator.call();
  const second = await pair.simulator.call();
  const { sweepIntervalMs = 0 } = options.settings ?? {};
  // Where sweeps never cease there is no quiet: then enough of them must have gone by.
  if (sweepIntervalMs === 0) await settled(pair);
  else
    await eventually(() => expect(countOf(pair, READ_CONFERENCES)).toBeGreaterThan(FAST.settle / sweepIntervalMs + 2));
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

/** Counts requests of a kind in flight. */
export function watchInFlight({ simulator }: Pair, kind: string): { most: number } {
  const seen = { most: 0 };
  let inFlight = 0;
  simulator.events.on('request', (request) => {
    if (kindOf(request) === kind) seen.most = Math.max(seen.most, ++inFlight);
  });
  simulator.events.on('answer', (request) => {
    if (kindOf(request) === kind) inFlight -= 1;
  });
  return seen;
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
export async function post({ simulator }: Pair, url: string, form: Record<string, string>): Promise<number> {
  const headers = { 'x-signalwire-signature': sign(simulator.signingKey, url, form) };
  return (await fetch(url, { method: 'POST', headers, body: new URLSearchParams(form) })).status;
}

const LEVELS: Record<number, string> = { 30: 'info', 40: 'warn', 50: 'error' };

/** What the log says of SignalWire's failing and working again. */
export const said = ({ log }: Pair) =>
  log
    .filter(({ msg, level }) => msg.startsWith('SignalWire ') && level > 20)
    .map(({ msg, level }) => `${LEVELS[level]} ${msg.replace(/:.*/, ': …')}`);
