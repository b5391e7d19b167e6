import { backoff } from './backoff.js';
import type { ConferenceContext } from './conference-context.js';
import { wait } from './wait.js';

/** How many times we try to find the conference of a recording whose callback doesn't name it. */
const MAX_ATTEMPTS = 10;

type FindContext = Pick<ConferenceContext, 'space' | 'durations' | 'random'>;

/**
 * Finds out which conference a new recording belongs to. SignalWire may not know it at once.
 *
 * @param isClosed whether to give up
 * @returns the conference's SID; undefined if it wasn't found. Never rejects.
 */
export async function findConference(
  recordingSid: string,
  { space, durations, random }: FindContext,
  isClosed: () => boolean,
): Promise<string | undefined> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS && !isClosed(); attempt += 1) {
    const conferenceSid = await space.findConferenceOf(recordingSid).catch(() => undefined);
    if (conferenceSid !== undefined) return conferenceSid;
    await wait(backoff(attempt, undefined, durations, random));
  }
  return undefined;
}
