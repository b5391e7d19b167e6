import { afterEach, beforeEach, expect, it } from 'vitest';
import { DEFAULT_DURATIONS } from '../../src/recording/durations.js';
import { createDuty } from '../../src/recording/duty.js';
import { installVirtualClock, type VirtualClock } from '../simulation/virtual-clock.js';

// When a copy reads a conference that another one should read.

let clock: VirtualClock;
beforeEach(() => {
  clock = installVirtualClock(0);
});
afterEach(() => clock.uninstall());

const NEVER = -Infinity;

/** Another copy's conference, which is known from now on. */
const createOthers = (resyncIntervalMs = 30_000) =>
  createDuty('CF', {
    sharing: { isOurs: () => false, publish() {}, emitOthers() {} },
    durations: DEFAULT_DURATIONS,
    resyncIntervalMs,
    random: () => 0.5,
  });

it('reads two seconds after a report, also after the first one of a conference, and up to one that is drawn', () => {
  expect(createOthers().deadline(clock.now)).toEqual({ at: 2500, priority: 'settle' });
});

it('reads two seconds after the first report that no read has followed, however many come after it', async () => {
  const duty = createOthers();
  duty.deadline(0);
  await clock.runUntil(1500);
  expect(duty.deadline(1500)?.at).toBe(2500);
});

it('reads an interval and a second after the last read, if nothing is reported', async () => {
  const duty = createOthers();
  expect(duty.deadline(NEVER)).toEqual({ at: 31_500, priority: 'resync' });
  await clock.runUntil(10_000);
  duty.recordRead(9900);
  expect(duty.deadline(NEVER)?.at).toBe(41_400);
});

it('takes a read for an answer to a report that reached it a moment later, and not to any later one', async () => {
  const duty = createOthers();
  await clock.runUntil(5000);
  duty.recordRead(4990);
  expect(duty.deadline(5000)?.at).toBe(36_490);
  expect(duty.deadline(5100)?.at).toBe(7600);
});

it('is not put off by what was read before the report', async () => {
  const duty = createOthers();
  await clock.runUntil(5000);
  duty.deadline(5000);
  await clock.runUntil(6000);
  duty.recordRead(4000);
  expect(duty.deadline(5000)?.at).toBe(7500);
});

it('reads nothing that is settled if there are no resyncs', () => {
  expect(createOthers(0).deadline(NEVER)).toBeUndefined();
});
