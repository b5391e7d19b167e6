import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFaultInjector } from '../../src/simulator/fault-injector.js';
import { type Faults, NO_FAULTS } from '../../src/simulator/faults.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Delivers a thousand callbacks of one conference, and returns the ordinals of those that are sent, in that order. */
function sent(faults: Partial<Faults>): number[] {
  const order: number[] = [];
  const injector = createFaultInjector({ ...NO_FAULTS, ...faults });
  for (let ordinal = 0; ordinal < 1000; ordinal += 1) injector.deliver('room', 'join', () => order.push(ordinal));
  vi.runAllTimers();
  return order;
}

describe('callbacks', () => {
  it('are sent in order if there are no faults', () => {
    expect(sent({})).toEqual(Array.from({ length: 1000 }, (_, ordinal) => ordinal));
  });

  it('are lost at the given rate, and the seed determines which ones', () => {
    const kept = sent({ drop: 0.3, seed: 7 });
    expect(kept.length).toBeGreaterThan(640);
    expect(kept.length).toBeLessThan(760);
    expect(sent({ drop: 0.3, seed: 7 })).toEqual(kept);
    expect(sent({ drop: 0.3, seed: 8 })).not.toEqual(kept);
    expect(sent({ drop: 1 })).toEqual([]);
  });

  it('are affected independently of other callbacks', () => {
    const injector = createFaultInjector({ ...NO_FAULTS, drop: 0.5, seed: 7 });
    const order: number[] = [];
    for (let ordinal = 0; ordinal < 1000; ordinal += 1) {
      injector.deliver('another room', 'join', () => {});
      injector.deliver('room', 'leave', () => {});
      injector.deliver('room', 'join', () => order.push(ordinal));
    }
    expect(order).toEqual(sent({ drop: 0.5, seed: 7 }));
  });

  it('can be doubled, delayed or reordered without being lost', () => {
    const doubled = sent({ double: 1 });
    expect(doubled).toHaveLength(2000);
    const all = Array.from({ length: 1000 }, (_, ordinal) => ordinal);
    for (const order of [sent({ delay: 0.5 }), sent({ reorder: 0.5 })]) {
      expect(order).not.toEqual(all);
      expect(order.toSorted((a, b) => a - b)).toEqual(all);
    }
  });
});
