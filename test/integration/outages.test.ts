import { expect, it } from 'vitest';
import { OUTAGE_BEGINS, OUTAGE_ENDS, outageLines } from '../support/log.js';
import { eventually } from '../support/service-beside-simulator.js';
import { countOf, FAST, isPaused, READ_LIST, statusOf, twoPeople } from '../support/two-people.js';

// Over real HTTP. What is logged of which outage is held by test/simulation/outages.test.ts.

it.each([
  ['is answered with 503, as JSON, HTML or nothing', { unavailable: 1 }],
  ['is answered with 429', { tooMany: 1, retryAfter: 1 }],
  ['has its connection reset', { reset: 1 }],
])('an outage in which every request %s is logged once, and once that it is over', async (_what, faults) => {
  const { pair, second } = await twoPeople({ durations: { ...FAST, retryAfterMax: 50 } });
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
  expect(pair.log.filter(({ level }) => level > 30)).toHaveLength(1);
});
