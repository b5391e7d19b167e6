import { expect, it } from 'vitest';
import { appendValue, current, type Timeline, valueAt } from '../../src/simulator/model/timeline.js';

it('a timeline has a current value, and a value at any time in the past', () => {
  const timeline: Timeline<string> = [];
  expect(() => current(timeline)).toThrow();
  appendValue(timeline, 100, 'queued');
  appendValue(timeline, 200, 'ringing');
  appendValue(timeline, 200, 'in-progress');
  expect([99, 100, 199, 200, 201].map((at) => valueAt(timeline, at))).toEqual([
    undefined,
    'queued',
    'queued',
    'in-progress',
    'in-progress',
  ]);
  expect(current(timeline)).toBe('in-progress');
});
