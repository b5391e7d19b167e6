/** A stream of pseudo-random numbers. The same seed and name give the same numbers on every machine and Node version. */
export interface Random {
  /** A number from 0 up to, but not including, 1. */
  next(): number;
  /** An integer from `min` to `max`, both included. */
  integer(min: number, max: number): number;
  /** Whether something happens that has this probability, from 0 (never) to 1 (always). */
  happens(probability: number): boolean;
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
}

/**
 * Creates the stream of that seed and name. Streams are independent: a draw from one leaves the others as they are, so a new
 * stream leaves old seeds their meaning. The arithmetic is in 32-bit integers (FNV-1a for the name, then mulberry32), because
 * floating-point functions might differ between engines.
 *
 * @param name what is drawn from the stream, for example `latency`
 */
export function createStream(seed: number, name: string): Random {
  let state = 0x811c9dc5;
  for (const character of `${seed}/${name}`) {
    state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }

  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  const integer = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    integer,
    happens: (probability) => next() < probability,
    pick: ([first, ...others]) => {
      const index = integer(0, others.length);
      return others[index - 1] ?? first;
    },
  };
}
