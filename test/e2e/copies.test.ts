import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { measureLateness } from '../support/lateness.js';
import { linesFrom } from '../support/log.js';
import { hasRedisServer, warnOfSkipped } from '../support/redis-server.js';
import { kindOf, liveConference } from '../support/service-beside-simulator.js';
import { type ServiceCopy, startCopies } from '../support/service-copies.js';
import { headCount, recordingStatus } from '../support/space-state.js';

// Three copies of the service as processes, behind nginx, with a real Redis. Each request goes to the next copy, so the callbacks of a
// conference are spread over all three.

warnOfSkipped('The tests of three copies that share a Redis');

/** How long a recording may be wrong after a copy has died or stood still (ms). nginx waits two seconds for one that stands still. */
const LIMIT_MS = 3000;

/** How long a caller waits at most for an answer (ms). */
const PROMPT_MS = 1000;

/** How long a recording may be wrong while copies that share the callbacks don't hear each other (ms): see docs/scaling.md. */
const ALONE_MS = 15_000 + LIMIT_MS;

/** Copies of a service with a conference, and what people do in it. */
async function givenConference(people: number, env: Record<string, string> = {}) {
  const all = await startCopies(env);
  const { simulator } = all;
  // The first one alone: on a busy machine, a copy may wait in vain for the tenth of a second that another one has to name a room.
  const calls = [await simulator.call()];
  calls.push(...(await Promise.all(Array.from({ length: people - 1 }, () => simulator.call()))));
  const status = () => recordingStatus(liveConference(simulator));
  const isRunning = () => eventually(() => expect(status()).toMatch(/in-progress|resumed/));
  const isPaused = () => eventually(() => expect(status()).toBe('paused'));
  await isRunning();

  /** Leaves one person alone. */
  async function leaveOneAlone(): Promise<void> {
    for (const call of calls.splice(1)) simulator.hangUp(call);
    await isPaused();
  }

  async function call(): Promise<void> {
    calls.push(await simulator.call());
  }

  async function join(): Promise<void> {
    await call();
    await isRunning();
  }

  /** Does something, and expects it to be done in time. */
  async function inTime(act: () => Promise<void>, limitMs = LIMIT_MS): Promise<void> {
    const latenessMs = measureLateness();
    const startedAt = performance.now();
    await act();
    // Everything else here is as slow as our own timers.
    expect(performance.now() - startedAt).toBeLessThan(limitMs + 3 * latenessMs());
  }

  return { ...all, leaveOneAlone, call, join, inTime, status };
}

function warnings(copy: ServiceCopy): string[] {
  return linesFrom('warn', copy.log()).map(({ msg }) => msg);
}

async function counted(copies: ServiceCopy[], count: number): Promise<void> {
  await eventually(() => expect(copies.map((copy) => copy.copies())).toEqual(copies.map(() => count)));
}

describe.skipIf(!hasRedisServer)('three copies that share a Redis', () => {
  it('put all callers into one conference, and pause and resume its recording', async () => {
    const { simulator, copies, leaveOneAlone, join } = await givenConference(7);
    expect(headCount(liveConference(simulator))).toBe(7);
    for (const _time of [1, 2, 3]) {
      await leaveOneAlone();
      await join();
      await join();
    }
    expect(headCount(liveConference(simulator))).toBe(3);
    expect(copies.flatMap(warnings)).toEqual([]);
  });

  it('read a conference about as often as one copy does', async () => {
    const { simulator } = await givenConference(2, { SWEEP_INTERVAL_SECONDS: '1' });
    const reads = { lists: 0, participants: 0 };
    simulator.events.on('request', (request) => {
      const kind = kindOf(request);
      if (kind === 'GET Conferences') reads.lists += 1;
      if (kind === 'GET Conferences Participants') reads.participants += 1;
    });
    const startedAt = performance.now();
    // One copy reads the conference once an interval, and lists conferences of two statuses; three would do three times as much.
    await eventually(() => expect(reads.participants).toBeGreaterThanOrEqual(16));
    const intervals = (performance.now() - startedAt) / 1000;
    expect(reads.participants / intervals).toBeLessThan(2);
    expect(reads.lists / intervals).toBeLessThan(4);
  });

  it('are right within three seconds when the one that works on the conference is killed', async () => {
    const { copies, lastWriter, leaveOneAlone, join, inTime } = await givenConference(3);
    await leaveOneAlone();
    await join();
    const killed = lastWriter();
    killed.signal('SIGKILL');
    await inTime(leaveOneAlone);
    await inTime(join);
    const others = copies.filter((copy) => copy !== killed);
    await counted(others, 2);
    await inTime(leaveOneAlone);
    expect(others.flatMap(warnings)).toEqual([]);
  });

  it('go on when Redis is shut down, and act as one again when it is back', async () => {
    const { simulator, redis, copies, leaveOneAlone, call, join, inTime } = await givenConference(3);
    await redis.shutDown();
    await inTime(call, PROMPT_MS);
    await inTime(leaveOneAlone, ALONE_MS);
    const gone = [
      expect.stringMatching(/^Redis (has closed|can't be reached).*: each copy works by itself until it's back$/),
    ];
    await eventually(() => expect(copies.map(warnings)).toEqual([gone, gone, gone]));
    await inTime(join);
    for (const { url } of copies) {
      const { ready, redis: link } = await (await fetch(`${url}/readyz`)).json();
      expect([ready, link.ok, link.copies]).toEqual([true, false, 1]);
    }
    await redis.start();
    const counts = (copy: ServiceCopy) =>
      copy.log().filter(({ msg }) => msg === 'linked by Redis: 3 copies act as one');
    await eventually(() => expect(copies.map((copy) => counts(copy).length)).toEqual([2, 2, 2]));
    await inTime(leaveOneAlone);
    await inTime(join);
    expect(headCount(liveConference(simulator))).toBe(2);
    expect(copies.map(warnings)).toEqual([gone, gone, gone]);
  });

  it('do the work of one that stands still for five seconds, which does no harm when it goes on', async () => {
    const { simulator, copies, lastWriter, leaveOneAlone, join, inTime, status } = await givenConference(3);
    await leaveOneAlone();
    await join();
    const stopped = lastWriter();
    const others = copies.filter((copy) => copy !== stopped);
    const stoppedAt = performance.now();
    stopped.signal('SIGSTOP');
    await inTime(leaveOneAlone);
    await inTime(join);
    await counted(others, 2);
    await inTime(leaveOneAlone);
    await wait(Math.max(0, 5000 - (performance.now() - stoppedAt)));
    const before = simulator.recordingTime();
    stopped.signal('SIGCONT');
    await counted(others, 3);
    await counted(copies, 3);
    expect(status()).toBe('paused');
    // It may act on a callback that has waited for it, until it knows what the others have said meanwhile.
    const recordedAloneMs = simulator.recordingTime().soloMs - before.soloMs;
    expect(recordedAloneMs).toBeLessThan(1000);
    await inTime(join);
    expect(others.flatMap(warnings)).toEqual([]);
  });
});
