import { findLookalikes } from './lookalikes.js';
import type { Settings } from './settings.js';

/** A shorter status password is easy to guess. */
const MIN_PASSWORD_LENGTH = 12;

/**
 * Finds what is valid and probably not meant so.
 *
 * @param env usually `process.env`, after dotenv
 * @returns a sentence for each, without values
 */
export function findDoubts({ statusPassword, announcement }: Settings, env: NodeJS.ProcessEnv): string[] {
  const isShort = statusPassword !== undefined && statusPassword.length < MIN_PASSWORD_LENGTH;
  const short = `STATUS_PASSWORD has fewer than ${MIN_PASSWORD_LENGTH} characters: it is easy to guess, so make it longer.`;
  const isUnspoken = env.ANNOUNCEMENT_LANGUAGE?.trim() && !(announcement && 'say' in announcement);
  const unspoken = `ANNOUNCEMENT_LANGUAGE has no effect, because ANNOUNCEMENT is ${announcement ? 'a sound file' : 'not set'}.`;
  return [...findLookalikes(env), ...(isShort ? [short] : []), ...(isUnspoken ? [unspoken] : [])];
}
