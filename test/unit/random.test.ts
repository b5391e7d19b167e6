import { describe, expect, it } from 'vitest';
import { createStream } from '../../src/simulator/model/random.js';

const TWO_TO_32 = 0x1_0000_0000;

describe('a stream of random numbers', () => {
  it('depends only on its seed and its name', () => {
    const random = createStream(1, 'latency');
    const numbers = Array.from({ length: 4 }, () => random.next() * TWO_TO_32);
    expect(numbers).toEqual([2_997_531_973, 3_870_467_445, 3_172_336_716, 3_381_656_316]);
    const dice = createStream(7, 'x');
    expect(Array.from({ length: 12 }, () => dice.integer(1, 6))).toEqual([1, 3, 4, 2, 6, 5, 1, 4, 3, 4, 1, 6]);
  });

  it('differs for another name or seed', () => {
    const firsts = [createStream(1, 'a'), createStream(1, 'b'), createStream(2, 'a'), createStream(12, 'a')].map(
      ({ next }) => next(),
    );
    expect(new Set(firsts).size).toBe(4);
  });

  it('is distributed evenly, from number to number and from seed to seed', () => {
    const within = createStream(3, 'even');
    const draws = [
      Array.from({ length: 10_000 }, () => within.next()),
      Array.from({ length: 10_000 }, (_, seed) => createStream(seed, 'trait alone').next()),
    ];
    for (const numbers of draws) {
      const tenths = Array.from({ length: 10 }, () => 0);
      for (const number of numbers) tenths[Math.floor(number * 10)] = (tenths[Math.floor(number * 10)] ?? 0) + 1;
      for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(150);
    }
  });

  it('picks every item, and integers that include both limits', () => {
    const random = createStream(5, 'pick');
    const picked = Array.from({ length: 100 }, () => random.pick(['a', 'b', 'c']));
    expect(new Set(picked)).toEqual(new Set(['a', 'b', 'c']));
    expect(random.pick(['only'])).toBe('only');
    const wholes = Array.from({ length: 100 }, () => random.integer(-1, 1));
    expect(new Set(wholes)).toEqual(new Set([-1, 0, 1]));
    expect(random.happens(0)).toBe(false);
    expect(random.happens(1)).toBe(true);
  });
});
