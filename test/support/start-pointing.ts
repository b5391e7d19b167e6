import { expect, onTestFinished } from 'vitest';
import { startService } from '../../src/service.js';
import type { CallHandler } from '../../src/simulator/model/phone-number.js';
import type { Traits } from '../../src/simulator/model/traits.js';
import type { ApiOutcome, ApiResponse } from '../../src/simulator/rest-api/exchange.js';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.js';
import { eventually } from './eventually.js';
import { keepLog, type LogLine } from './log.js';
import { loopbackTunnel, settingsFor } from './service-beside-simulator.js';

/** The public URL of the service, and what its number should point at. */
export const PUBLIC_URL = 'https://recorder.example.com';
export const OURS = `${PUBLIC_URL}/inbound`;
export const INFO = 'info';
export const WARN = 'warn';
export const RELAY_NUMBERS = '/api/relay/rest/phone_numbers';
/** The paths of requests about numbers, of both APIs. */
export const NUMBERS = /IncomingPhoneNumbers|phone_numbers/;
/** How the warning ends that SignalWire fails. */
export const TRIED_AGAIN = ' The service tries again until SignalWire answers.';
/** What a warning advises. */
export const HOW_TO =
  /assign it the voice webhook https:\/\/recorder\.example\.com\/inbound, with POST, and the same address as its fallback, in/;
/** The same, to somebody who keeps a fallback of their own. */
export const HOW_TO_KEEP_FALLBACK =
  /assign it the voice webhook https:\/\/recorder\.example\.com\/inbound, with POST, in/;

type HandlerResponder = (handle: () => ApiResponse, ordinal: number) => ApiOutcome | Promise<ApiOutcome>;

/** How a request fails. */
export type Fail = () => ApiOutcome | Promise<ApiOutcome>;

/** What a number is like, and what happens to the requests about it. */
export interface Given {
  voiceUrl?: string;
  voiceMethod?: 'GET' | 'POST';
  voiceApplicationSid?: string;
  voiceFallbackUrl?: string;
  voiceFallbackMethod?: 'GET' | 'POST';
  /** The default is what would make the number as it is in a dashboard: voice webhooks, an application, or nothing. */
  handler?: CallHandler;
  handlerResourceId?: string;
  receiveMode?: 'voice' | 'fax';
  /** The number to point. The default is the simulator's. */
  phoneNumber?: string;
  publicUrl?: string;
  /** Other numbers of the project. */
  others?: string[];
  /** What handles the calls of the others. */
  othersHandler?: CallHandler;
  scopes?: ('Voice' | 'Numbers')[];
  traits?: Partial<Traits>;
  /** Answers the requests for what handles the calls. */
  onHandlerRequest?: HandlerResponder | undefined;
  /** Answers the requests that change the number. */
  onWrite?: (handle: () => ApiResponse, simulator: Simulator) => ApiOutcome;
  /** Answers the requests for the number alone. */
  onFetch?: () => ApiOutcome;
  /** Answers the first requests about numbers; undefined leaves one to the simulator. */
  failures?: (Fail | undefined)[];
  /** The default is too short for a space that lags. */
  numberLag?: number;
}

/** Starts a service that points the number at itself. Resolves when it doesn't try again any more. */
export async function startPointing(given: Given = {}) {
  const simulator = await startSimulator({ ...(given.traits && { traits: given.traits }) });
  onTestFinished(() => simulator.close());
  const [number] = simulator.numbers;
  if (!number) throw new Error('The simulator has no number.');
  const presumed = given.voiceApplicationSid ? 'laml_application' : given.voiceUrl ? 'laml_webhooks' : undefined;
  Object.assign(number, {
    voiceUrl: given.voiceUrl,
    voiceMethod: given.voiceMethod ?? 'POST',
    voiceApplicationSid: given.voiceApplicationSid,
    voiceFallbackUrl: given.voiceFallbackUrl,
    voiceFallbackMethod: given.voiceFallbackMethod ?? 'POST',
    handler: given.handler ?? presumed,
    handlerResourceId: given.handlerResourceId,
    receiveMode: given.receiveMode ?? 'voice',
  });
  for (const other of given.others ?? []) {
    simulator.addNumber(other, { ...(given.othersHandler && { handler: given.othersHandler }) });
  }
  for (const scope of ['Voice', 'Numbers'] as const) {
    if (given.scopes && !given.scopes.includes(scope)) simulator.scopes.delete(scope);
  }
  const writes: string[] = [];
  simulator.events.on('request', ({ method, path }) => {
    if (method !== 'GET') writes.push(path);
  });
  let handlerRequests = 0;
  const failures = [...(given.failures ?? [])];
  simulator.onRequest = ({ method, path }, handle) => {
    const failure = NUMBERS.test(path) && failures.shift();
    if (failure) return failure();
    if (path === RELAY_NUMBERS && given.onHandlerRequest) {
      handlerRequests += 1;
      return given.onHandlerRequest(handle, handlerRequests);
    }
    if (method === 'GET' && given.onFetch && path.endsWith(number.sid)) return given.onFetch();
    return method === 'POST' && given.onWrite ? given.onWrite(handle, simulator) : handle();
  };
  const { log, lines } = keepLog();
  const phoneNumber = given.phoneNumber ?? simulator.phoneNumber;
  const settings = settingsFor(simulator, { phoneNumber, publicUrl: given.publicUrl ?? PUBLIC_URL });
  const durations = { request: 500, retryFirst: 10, numberLag: given.numberLag ?? 100 };
  const service = await startService({ settings, log, openTunnel: loopbackTunnel, durations });
  onTestFinished(() => service.close());
  const isAboutNumber = ({ msg }: LogLine) => msg.includes(phoneNumber);
  const isTriedAgain = ({ msg }: LogLine) => msg.endsWith(TRIED_AGAIN);
  await eventually(() => expect(lines.filter(isAboutNumber).filter((line) => !isTriedAgain(line))).toHaveLength(1));
  return { service, number, writes, logged: lines.filter(isAboutNumber) };
}

/** Changes the JSON of every number in an answer of SignalWire's own REST API. */
export function withNumbers(response: ApiResponse, changes: object): ApiResponse {
  const { body } = response;
  if (typeof body === 'string' || !('data' in body) || !Array.isArray(body.data)) return response;
  return { ...response, body: { ...body, data: body.data.map((number: object) => ({ ...number, ...changes })) } };
}

/** Answers with the JSON of the numbers changed. */
export function patched(changes: object): HandlerResponder {
  return (handle) => withNumbers(handle(), changes);
}
