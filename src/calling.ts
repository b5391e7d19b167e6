import { setTimeout as delay } from 'node:timers/promises';
import type { Space } from './signalwire/space.js';
import { isUnauthorized, SpaceError } from './signalwire/space-error.js';

/** How often, in milliseconds, SignalWire is asked what has become of the call. */
const ASK_EVERY_MS = 1000;

/** How often that may fail. */
const MAX_FAILURES = 5;

/** How often it is asked: for longer than SignalWire lets a call ring, a minute if nothing else is asked for. */
const MAX_ASKS = 120;

const NOT_YET = ['queued', 'initiated', 'ringing'];
const ANSWERED = ['in-progress', 'completed'];

/** What a call came to that wasn't answered. Source of the words: SignalWire's OpenAPI document. */
const ENDS: Record<string, string> = {
  busy: 'The line is busy.',
  'no-answer': 'Nobody answered.',
  failed: 'The call failed. npm run doctor may say why.',
  canceled: 'The call was canceled.',
};

/**
 * Places a call, once: it might be placed twice if it were tried again.
 *
 * @param call both numbers in E.164 form, and where SignalWire asks what to do with the one who answers
 * @returns the CallSid
 * @throws Error with a sentence that says why SignalWire refuses, or that it didn't answer
 */
export async function place(space: Space, call: { to: string; from: string; url: string }): Promise<string> {
  try {
    return await space.placeCall(call);
  } catch (error) {
    throw error instanceof SpaceError ? new Error(sentenceOf(error), { cause: error }) : error;
  }
}

/**
 * Waits until a call is answered.
 *
 * @throws Error with a sentence that says how it ended instead, or that SignalWire doesn't tell
 */
export async function untilAnswered(space: Space, callSid: string, askEveryMs = ASK_EVERY_MS): Promise<void> {
  let failures = 0;
  for (let asks = 0; asks < MAX_ASKS; asks += 1) {
    const status = await space.fetchCallStatus(callSid).catch((error: unknown) => {
      failures += 1;
      if (failures === MAX_FAILURES) throw new Error(`What has become of the call isn't known: ${error}`);
      return 'ringing';
    });
    if (ANSWERED.includes(status)) return;
    if (!NOT_YET.includes(status)) throw new Error(ENDS[status] ?? `The call is ${status}.`);
    await delay(askEveryMs);
  }
  throw new Error('The call still rings.');
}

function sentenceOf(error: SpaceError): string {
  const { status, reason, message } = error;
  if (isUnauthorized(error)) {
    return (
      'SignalWire refused the credentials (401). Check SIGNALWIRE_PROJECT_ID and SIGNALWIRE_API_TOKEN, and that the ' +
      'token has the Voice scope.'
    );
  }
  if (status === undefined) return `${message}. It may have placed the call all the same.`;
  return reason ? `SignalWire refused the call (${status}): ${reason}.` : `${message}.`;
}
