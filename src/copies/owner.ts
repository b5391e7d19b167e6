import { createHash } from 'node:crypto';

/**
 * The copy that a key belongs to, by rendezvous hashing: copies that know of the same copies agree without talking about it, and
 * if one goes, only what belonged to it moves.
 *
 * @param key a conference's SID in any case, or the name of a job
 * @param copies the IDs of the copies, at least one
 */
export function ownerOf(key: string, copies: readonly string[]): string {
  const weights = copies.map((copy) => ({ copy, weight: weightOf(copy, key.toLowerCase()) }));
  return weights.reduce((best, one) => (one.weight > best.weight ? one : best)).copy;
}

function weightOf(copy: string, key: string): string {
  return createHash('sha1').update(`${copy} ${key}`).digest('hex');
}
