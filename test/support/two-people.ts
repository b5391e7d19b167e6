import { expect } from 'vitest';
import { eventually } from './eventually.js';
import { kindOf, liveConference, type Options, type Pair, startPair } from './service-beside-simulator.js';
import { sign } from './sign.js';
import { recordingStatus } from './space-state.js';

export const READ_LIST = 'GET Conferences Participants';
export const READ_RECORDING = 'GET Conferences Recordings';
export const READ_CONFERENCES = 'GET Conferences';
export const WRITE = 'POST Conferences Recordings';

/** The reconciler's durations, shortened to a tenth or less. */
export const FAST = { leaveReport: 200, joinReport: 300, settle: 40, retryFirst: 20, retryMax: 80 };

/** Durations without settling reads, with which SignalWire's lists are believed at once. */
export const LISTS_ALONE = { ...FAST, leaveReport: 0, joinReport: 0, retryFirst: 5, retryMax: 10 };

export const statusOf = ({ simulator }: Pair) => recordingStatus(liveConference(simulator));
export const isPaused = (pair: Pair) => eventually(() => expect(statusOf(pair)).toBe('paused'));
export const isResumed = (pair: Pair) => eventually(() => expect(statusOf(pair)).toBe('resumed'));
export const countOf = ({ requests }: Pair, kind: string) => requests.filter((request) => request === kind).length;

/** How many conferences the service knows, according to /healthz. */
export async function known({ service }: { service: { port: number } }): Promise<number> {
  const { conferences } = await (await fetch(`http://127.0.0.1:${service.port}/healthz`)).json();
  return conferences;
}

/** Waits until the service has read a conference after the last line that matches `event`. */
async function isReadAfter({ log }: Pair, event: RegExp, people: number): Promise<void> {
  await eventually(() => {
    const since = log.findLastIndex(({ msg }) => event.test(msg));
    expect(since).toBeGreaterThanOrEqual(0);
    expect(log.slice(since)).toContainEqual(expect.objectContaining({ msg: 'read', people }));
  });
}

/** Puts two people into a recorded conference, and waits until the service has read it. */
export async function givenTwoPeople(options: Options = {}) {
  const pair = await startPair({ durations: FAST, ...options });
  const first = await pair.simulator.call();
  const second = await pair.simulator.call();
  await isReadAfter(pair, /^recording (began|found)/, 2);
  return { pair, first, second };
}

/** Leaves one person in a conference with a paused recording, and waits until the service has read it. */
export async function givenOnePerson(options: Options = {}) {
  const { pair, first, second } = await givenTwoPeople(options);
  pair.simulator.hangUp(second);
  await isPaused(pair);
  await isReadAfter(pair, /^recording paused/, 1);
  return { pair, first };
}

/** Answers requests of some kinds with an error until `heal` is called. */
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

/** Changes the bodies of the answers to requests of one kind until `heal` is called. */
export function changeAnswers(
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

/** Posts a correctly signed callback. @returns the status of the answer */
export async function post(
  { simulator }: Pick<Pair, 'simulator'>,
  url: string,
  form: Record<string, string>,
): Promise<number> {
  const headers = { 'x-signalwire-signature': sign(simulator.signingKey, url, form) };
  return (await fetch(url, { method: 'POST', headers, body: new URLSearchParams(form) })).status;
}
