import { expect, it } from 'vitest';
import { createClockWarning } from '../../src/log/clock-warning.js';
import { createClock } from '../../src/signalwire/clock.js';
import { keepLog } from '../support/log.js';

it('a clock that two answers in a row find off is warned about once, and again if it was right in between', () => {
  const { log, lines } = keepLog();
  let difference: number | undefined;
  const listen = createClockWarning(log, { clockDifferenceMs: () => difference });
  for (const differenceMs of [undefined, 1900, 7000, 8000, 9000, 0, -7000, 0, -8000, -7000]) {
    difference = differenceMs;
    listen({ type: 'conferences-listed' });
  }
  expect(lines.map(({ msg }) => msg.split(':')[0])).toEqual([
    "This machine's clock is 8 s ahead of SignalWire's",
    "This machine's clock is 7 s behind SignalWire's",
  ]);
});

it("the clock's difference is unknown until SignalWire has answered", () => {
  const clock = createClock();
  expect(clock.differenceMs()).toBeUndefined();
  clock.set(Date.now() - 60_000);
  expect(clock.differenceMs()).toBeGreaterThan(58_000);
});
