import { createHash } from 'node:crypto';

/**
 * A number from 0 to 1 that looks random and is always the same for the same seed and the same thing: what becomes of
 * one callback doesn't depend on what else happened before it.
 *
 * @param thing what is to be decided, for example `drop`, a conference's name and the number of its callback
 */
export function chance(seed: number, ...thing: (string | number)[]): number {
  const hash = createHash('sha256').update(JSON.stringify([seed, ...thing]));
  return hash.digest().readUInt32LE(0) / 0x1_0000_0000;
}
