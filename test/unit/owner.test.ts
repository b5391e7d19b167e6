import { expect, it } from 'vitest';
import { ownerOf } from '../../src/copies/owner.js';

const KEYS = Array.from({ length: 3000 }, (_, index) => `conference ${index}`);

it('each of three copies works on about a third of the conferences', () => {
  const counts = new Map<string, number>();
  for (const key of KEYS) {
    const owner = ownerOf(key, ['a', 'b', 'c']);
    counts.set(owner, (counts.get(owner) ?? 0) + 1);
  }
  expect(counts.size).toBe(3);
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(120);
});

it('copies agree, in whatever order they know each other, and however a SID is written', () => {
  for (const key of KEYS.slice(0, 100)) {
    expect(ownerOf(key.toUpperCase(), ['c', 'a', 'b'])).toBe(ownerOf(key, ['a', 'b', 'c']));
  }
});

it('when a copy goes, only its own conferences move', () => {
  for (const key of KEYS) {
    const before = ownerOf(key, ['a', 'b', 'c']);
    if (before !== 'c') expect(ownerOf(key, ['a', 'b'])).toBe(before);
  }
});
