import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLinkStatus } from '../../src/copies/link-status.js';
import { createCopiesLog } from '../../src/log/copies-log.js';
import { emitTo } from '../../src/recorder-events.js';
import { keepLog } from '../support/log.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const REASON = "Redis can't be reached (ECONNREFUSED 127.0.0.1:6379)";

/** A link's status and its log. `linked` and `slow` are what `members.ts` reports, `down` is what the link does. */
function startLog() {
  const { log, lines } = keepLog();
  const status = createLinkStatus();
  const emit = emitTo([status.listener, createCopiesLog(log, status)], log);
  return {
    status,
    logged: () => lines.splice(0).map(({ level, msg }) => `${level} ${msg}`),
    linked: (copies: number) => emit({ type: 'copies-changed', copies, isLinked: true }),
    slow: () => emit({ type: 'copies-changed', copies: 1, isLinked: false }),
    down: (reason = REASON) => emit({ type: 'copies-unlinked', reason }),
  };
}

it('a Redis that fails is one warning with the reason, and one line when it is back, with the number of copies', () => {
  const { logged, linked, slow, down } = startLog();
  vi.advanceTimersByTime(5000);
  expect(logged()).toEqual([]);
  down('Redis has closed the connection');
  slow();
  down();
  vi.advanceTimersByTime(1000);
  expect(logged()).toEqual([`warn ${REASON}: each copy works by itself until it's back`]);
  down('Redis refuses the user name or the password of REDIS_URL (WRONGPASS)');
  vi.advanceTimersByTime(5000);
  expect(logged()).toEqual([]);
  for (const copies of [1, 2, 3]) linked(copies);
  vi.advanceTimersByTime(5000);
  expect(logged()).toEqual(['info linked by Redis: 3 copies act as one']);
  down();
  vi.advanceTimersByTime(5000);
  expect(logged()).toHaveLength(1);
});

it('a Redis that fails for less than a second is no line', () => {
  const { logged, linked, down } = startLog();
  linked(3);
  vi.advanceTimersByTime(5000);
  logged();
  down();
  vi.advanceTimersByTime(800);
  linked(3);
  vi.advanceTimersByTime(5000);
  expect(logged()).toEqual([]);
});

it('copies that come or go are one line, and copies that come and go again are none', () => {
  const { logged, linked } = startLog();
  linked(1);
  vi.advanceTimersByTime(5000);
  expect(logged()).toEqual(['info linked by Redis: this copy is alone']);
  linked(2);
  vi.advanceTimersByTime(500);
  linked(1);
  vi.advanceTimersByTime(5000);
  expect(logged()).toEqual([]);
  linked(2);
  vi.advanceTimersByTime(5000);
  expect(logged()).toEqual(['info linked by Redis: 2 copies act as one']);
});

it('a Redis that is connected and too slow is one warning, also if the connection is given up then', () => {
  const { logged, linked, slow, down, status } = startLog();
  linked(2);
  vi.advanceTimersByTime(5000);
  logged();
  slow();
  const { since } = status.current();
  vi.advanceTimersByTime(3500);
  down("Redis doesn't answer");
  expect(status.current()).toEqual({ ok: false, since, reason: "Redis doesn't answer", copies: 1 });
  expect(logged()).toEqual([
    "warn Redis takes more than a second to deliver a message: each copy works by itself until it's back",
  ]);
  linked(2);
  expect(status.current()).toEqual({ ok: true, since: undefined, reason: undefined, copies: 2 });
});

it('a link that fails before the number of copies is logged is one warning', () => {
  const { logged, linked, down } = startLog();
  linked(1);
  down();
  vi.advanceTimersByTime(5000);
  expect(logged()).toEqual([`warn ${REASON}: each copy works by itself until it's back`]);
});
