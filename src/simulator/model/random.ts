/** A source of numbers that look random and are the same for the same seed and name, on any machine and Node. */
export interface Random {
  /** A number from 0 up to, and without, 1. */
  next(): number;
  /** A whole number from `least` to `greatest`, both included. */
  whole(least: number, greatest: number): number;
  /** Whether something that happens in this share of all cases happens now. */
  happens(share: number): boolean;
  /** One of them. */
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
}

/**
 * A stream of its own for each name: what one draws leaves the others as they are, so a new one changes no old seed.
 * Whole numbers of 32 bits alone (FNV-1a for the name, then mulberry32), as floating point might differ between engines.
 *
 * @param name what is drawn from it, for example `latency`
 */
export function streamOf(seed: number, name: string): Random {
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

  const whole = (least: number, greatest: number) => least + Math.floor(next() * (greatest - least + 1));
  return {
    next,
    whole,
    happens: (share) => next() < share,
    pick: ([first, ...others]) => {
      const index = whole(0, others.length);
      return others[index - 1] ?? first;
    },
  };
}
