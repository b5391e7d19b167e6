import { expect, it } from 'vitest';
import { appendValue, current, type Timeline, valueAt } from '../../src/simulator/model/timeline.js';

it('a timeline knows what something is, and what it was at any time', () => {
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
