import { afterEach, beforeEach, expect, it } from 'vitest';
import { createMembers, type Heartbeat, type Members } from '../../src/copies/members.js';
import { installVirtualClock, type VirtualClock } from '../simulation/virtual-clock.js';

let clock: VirtualClock;
beforeEach(() => {
  clock = installVirtualClock(0);
});
afterEach(() => clock.uninstall());

const run = (ms: number) => clock.runUntil(clock.now + ms);

/** Creates the members that copy `a` knows. Its own heartbeats come back after `echoMs`. */
function createOwnMembers({ echoMs = 1 } = {}) {
  const changes: string[] = [];
  const echo = { ms: echoMs, isLost: false };
  const members: Members = createMembers({
    id: 'a',
    startedAt: 1000,
    publish(heartbeat) {
      if (!echo.isLost) setTimeout(() => members.receive(heartbeat), echo.ms);
    },
    onChange: () => void changes.push(`${members.ids.join()}${members.isLinked ? '' : ' (not linked)'}`),
  });
  members.start();
  members.join();
  const receive = (from: string, startedAt = 2000) =>
    members.receive({ from, startedAt, sentAt: performance.now(), isMember: true } satisfies Heartbeat);
  /** Another copy lives for some time. */
  async function live(from: string, ms: number) {
    for (let passed = 0; passed < ms; passed += 500) {
      receive(from);
      await run(500);
    }
  }
  return { members, changes, receive, live, echo };
}

it('a copy is alone until it is linked, and then knows whom it hears', async () => {
  const { members, changes, receive } = createOwnMembers();
  expect(members.ids).toEqual(['a']);
  expect(members.isLinked).toBe(false);
  await run(5);
  receive('b');
  expect(members.ids).toEqual(['a', 'b']);
  expect(changes).toEqual(['a', 'a,b']);
});

it('a copy that is not heard for 1.6 seconds is gone', async () => {
  const { members, live } = createOwnMembers();
  await live('b', 5000);
  expect(members.ids).toEqual(['a', 'b']);
  await run(1000);
  expect(members.ids).toEqual(['a', 'b']);
  await run(1100);
  expect(members.ids).toEqual(['a']);
});

it('a copy that says goodbye is gone at once', async () => {
  const { members, live } = createOwnMembers();
  await live('b', 1000);
  members.leave('b');
  expect(members.ids).toEqual(['a']);
});

it('if our own heartbeats do not come back, or take over a second, we are alone', async () => {
  const { members, live, echo, changes } = createOwnMembers();
  await live('b', 2000);
  echo.isLost = true;
  await live('b', 3000);
  expect(members.ids).toEqual(['a']);
  expect(members.isLinked).toBe(false);
  echo.isLost = false;
  echo.ms = 5000;
  await live('b', 8000);
  expect(members.ids).toEqual(['a']);
  echo.ms = 1;
  await live('b', 8000);
  expect(members.ids).toEqual(['a', 'b']);
  expect(changes).toEqual(['a,b', 'a (not linked)', 'a,b']);
});

it('a copy that stood still does not take the others for gone', async () => {
  const process = { frozenUntil: 0 };
  const { members, changes, receive } = clock.runAs(process, () => createOwnMembers());
  await run(5);
  receive('b');
  process.frozenUntil = clock.now + 5000;
  await run(5001);
  expect(members.ids).toEqual(['a', 'b']);
  await run(3000);
  expect(changes).toEqual(['a', 'a,b', 'a']);
});

it('the copy that is up longest is the eldest, and all copies agree on it', async () => {
  const { members, receive } = createOwnMembers();
  await run(5);
  receive('b', 500);
  receive('c', 700);
  expect(members.eldest).toBe('b');
  members.leave('b');
  expect(members.eldest).toBe('c');
  members.leave('c');
  receive('0', 1000);
  expect(members.eldest).toBe('0');
});
