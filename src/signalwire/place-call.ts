import { setTimeout as delay } from 'node:timers/promises';
import { REFUSED_CREDENTIALS } from './refused-credentials.js';
import type { CallSpace } from './space.js';
import { isUnauthorized, SpaceError } from './space-error.js';

/** How often the status of the call is read, in milliseconds. */
const READ_EVERY_MS = 1000;

/** How many of these reads may fail. */
const MAX_FAILURES = 5;

/** How many times it is read: for longer than SignalWire lets a call ring, which is a minute by default. */
const MAX_READS = 120;

const PENDING = ['queued', 'initiated', 'ringing'];
const ANSWERED = ['in-progress', 'completed'];

/** Why a call wasn't answered, by its last status. Source of the words: SignalWire's OpenAPI document. */
export const FAILURES: Readonly<Record<string, string>> = {
  busy: 'The line is busy.',
  'no-answer': 'Nobody answered.',
  failed: 'The call failed. "conference-recorder doctor" may say why.',
  canceled: 'The call was canceled.',
};

/**
 * Places a call. It doesn't retry, because that might place the call twice.
 *
 * @param call both numbers in E.164 form, and the URL of the LaML for the person called
 * @returns the CallSid
 * @throws Error with a sentence that says why SignalWire refuses, or that it didn't answer
 */
export async function placeCall(space: CallSpace, call: { to: string; from: string; url: string }): Promise<string> {
  try {
    return await space.placeCall(call);
  } catch (error) {
    throw error instanceof SpaceError ? new Error(explain(error), { cause: error }) : error;
  }
}

/**
 * Waits until a call is answered.
 *
 * @throws Error with a sentence that says how it ended instead, or that its status can't be read
 */
export async function waitUntilAnswered(space: CallSpace, callSid: string, readEveryMs = READ_EVERY_MS): Promise<void> {
  let failures = 0;
  for (let reads = 0; reads < MAX_READS; reads += 1) {
    const status = await space.fetchCallStatus(callSid).catch((error: unknown) => {
      failures += 1;
      if (failures === MAX_FAILURES) throw new Error(`The status of the call can't be read: ${error}`);
      return 'ringing';
    });
    if (ANSWERED.includes(status)) return;
    if (!PENDING.includes(status)) throw new Error(FAILURES[status] ?? `The status of the call is ${status}.`);
    await delay(readEveryMs);
  }
  throw new Error('The phone is still ringing.');
}

/** Whether SignalWire may have placed the call although `placeCall` has failed with this error. */
export function mayHavePlaced(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof SpaceError)) return false;
  return cause.status === undefined ? !isUnsent(cause) : cause.status >= 500;
}

function explain(error: SpaceError): string {
  const { status, reason, message } = error;
  if (isUnauthorized(error)) return REFUSED_CREDENTIALS;
  if (status === undefined)
    return isUnsent(error) ? `${message}.` : `${message}. It may have placed the call nevertheless.`;
  return reason ? `SignalWire refused the call (${status}): ${reason}.` : `${message}.`;
}

/** Whether the request never reached SignalWire. */
function isUnsent({ cause }: SpaceError): boolean {
  return cause instanceof Error && 'code' in cause && ['ECONNREFUSED', 'ENOTFOUND'].includes(String(cause.code));
}
