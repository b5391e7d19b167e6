import { expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { linesFrom, OUTAGE_BEGINS, OUTAGE_ENDS, outageLines } from '../support/log.js';
import { countOf, FAST, givenTwoPeople, isPaused, READ_LIST, statusOf } from '../support/two-people.js';

// Over real HTTP. test/simulation/outages.test.ts checks what is logged about which outage.

it.each([
  ['is answered with 503, as JSON, HTML or nothing', { unavailable: 1 }],
  ['is answered with 429', { tooMany: 1, retryAfter: 1 }],
  ['has its connection reset', { reset: 1 }],
])('an outage in which every request %s is logged once at its beginning and once at its end', async (_what, faults) => {
  const { pair, second } = await givenTwoPeople({ durations: { ...FAST, retryAfterMax: 50 } });
  const noFaults = { ...pair.simulator.faults };
  Object.assign(pair.simulator.faults, faults);
  pair.requests.length = 0;
  pair.simulator.hangUp(second);
  await eventually(() => expect(countOf(pair, READ_LIST)).toBeGreaterThan(2));
  expect(statusOf(pair)).toBe('in-progress');
  expect(outageLines(pair.log)).toEqual([OUTAGE_BEGINS]);

  Object.assign(pair.simulator.faults, noFaults);
  await isPaused(pair);
  await eventually(() => expect(outageLines(pair.log)).toEqual([OUTAGE_BEGINS, OUTAGE_ENDS]));
  expect(linesFrom('warn', pair.log)).toHaveLength(1);
});
