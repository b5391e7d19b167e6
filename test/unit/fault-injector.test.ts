import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFaultInjector } from '../../src/simulator/fault-injector.js';
import { type Faults, NO_FAULTS } from '../../src/simulator/faults.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What comes of a thousand callbacks of one conference, in the order in which they are sent. */
function sent(faults: Partial<Faults>): number[] {
  const order: number[] = [];
  const injector = createFaultInjector({ ...NO_FAULTS, ...faults });
  for (let ordinal = 0; ordinal < 1000; ordinal += 1) injector.deliver('room', 'join', () => order.push(ordinal));
  vi.runAllTimers();
  return order;
}

describe('callbacks', () => {
  it('are sent as they come where nothing goes wrong', () => {
    expect(sent({})).toEqual(Array.from({ length: 1000 }, (_, ordinal) => ordinal));
  });

  it('are lost in the share that is asked for, the same ones for the same seed', () => {
    const left = sent({ drop: 0.3, seed: 7 });
    expect(left.length).toBeGreaterThan(640);
    expect(left.length).toBeLessThan(760);
    expect(sent({ drop: 0.3, seed: 7 })).toEqual(left);
    expect(sent({ drop: 0.3, seed: 8 })).not.toEqual(left);
    expect(sent({ drop: 1 })).toEqual([]);
  });

  it('meet the same fate, regardless of other callbacks', () => {
    const injector = createFaultInjector({ ...NO_FAULTS, drop: 0.5, seed: 7 });
    const order: number[] = [];
    for (let ordinal = 0; ordinal < 1000; ordinal += 1) {
      injector.deliver('another room', 'join', () => {});
      injector.deliver('room', 'leave', () => {});
      injector.deliver('room', 'join', () => order.push(ordinal));
    }
    expect(order).toEqual(sent({ drop: 0.5, seed: 7 }));
  });

  it('come twice, late, or after the one that follows, and none is lost by that', () => {
    const doubled = sent({ double: 1 });
    expect(doubled).toHaveLength(2000);
    const all = Array.from({ length: 1000 }, (_, ordinal) => ordinal);
    for (const order of [sent({ delay: 0.5 }), sent({ reorder: 0.5 })]) {
      expect(order).not.toEqual(all);
      expect(order.toSorted((a, b) => a - b)).toEqual(all);
    }
  });
});
