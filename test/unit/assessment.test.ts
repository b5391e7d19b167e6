import { expect, it } from 'vitest';
import type { RecorderEvent } from '../../src/recorder-events.js';
import { createAssessor } from '../../src/recording/assessment.js';

const STATE = {
  name: undefined,
  people: 2,
  desired: 'in-progress',
  observed: 'paused',
  held: 0,
  readAt: 0,
  missingSince: undefined,
} as const;

it('a conference is assessed again when its name is learned, and has been wrong since it first was', () => {
  const events: RecorderEvent[] = [];
  const assess = createAssessor('a', (event) => void events.push(event), 60_000);
  assess(STATE);
  assess(STATE);
  assess({ ...STATE, name: 'recorded-sales' });
  expect(events).toMatchObject([{ name: undefined }, { name: 'recorded-sales' }]);
  const since = events.map((event) => event.type === 'conference-assessed' && event.wrongSince);
  expect(since[0]).toEqual(expect.any(Number));
  expect(since[1]).toBe(since[0]);
});
