import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOpenRoom, type Occupancy } from '../../src/rooms/open-room.js';
import type { ConferenceSpace } from '../../src/signalwire/space.js';
import { installVirtualClock, type VirtualClock } from '../simulation/virtual-clock.js';

const OLD = 'recorded-00000000-0000-4000-8000-000000000001';
const NEW = 'recorded-00000000-0000-4000-8000-000000000002';
const found = (name: string, createdAt: number) => ({ sid: name, name, createdAt });

let clock: VirtualClock;
beforeEach(() => {
  clock = installVirtualClock(0);
});
afterEach(() => clock.uninstall());

/** Creates an open room in a space whose calls and conferences the test determines. */
function openRoom() {
  const calls = new Map<string, 'alive' | 'over'>();
  const occupancy = new Map<string, Occupancy>();
  const none = () => Promise.reject(new Error('An open room only reads calls.'));
  const space: ConferenceSpace = {
    listConferences: none,
    fetchConferenceStatus: none,
    listParticipants: none,
    listRecordings: none,
    fetchRecording: none,
    findConferenceOf: none,
    updateRecording: none,
    fetchCallState: async (callSid) => calls.get(callSid),
    now: () => 0,
  };
  const occupancyOf = (name: string) => occupancy.get(name) ?? { conferences: 0, people: 0 };
  const room = createOpenRoom({
    space,
    prefix: 'recorded-',
    occupancyOf,
    checksCallers: () => true,
    onCallerGone() {},
  });
  const callSidOf = (name: string) => name.replace('recorded-', '');
  const exists = (name: string, people: number) => {
    calls.set(callSidOf(name), 'over');
    occupancy.set(name, { conferences: 1, people });
  };
  return { room, calls, exists };
}

describe('the open room', () => {
  it('is the same for a caller whose call is asked about twice, who counts once', () => {
    const { room } = openRoom();
    expect(room.placeCaller('first')).toBe('recorded-first');
    expect(room.placeCaller('FIRST')).toBe('recorded-first');
    expect(room.placeCaller('second')).toBe('recorded-first');
    expect(room.placeCaller('first')).toBe('recorded-first');
    expect([...room.callersOf('recorded-first')]).toEqual(['first', 'second']);
    room.close();
  });
});

describe('the open room after a restart', () => {
  it('is the oldest earlier one, or a new one if there is none', () => {
    const { room, exists } = openRoom();
    exists(OLD, 1);
    exists(NEW, 1);
    room.addEarlierConferences([found(NEW, 2), found(OLD, 1)]);
    expect(room.placeCaller('first')).toBe(OLD);
    expect(openRoom().room.placeCaller('first')).toBe('recorded-first');
  });

  it('is an occupied one rather than an older empty one', () => {
    const { room, exists } = openRoom();
    exists(OLD, 0);
    exists(NEW, 1);
    room.addEarlierConferences([found(OLD, 1), found(NEW, 2)]);
    expect(room.placeCaller('first')).toBe(NEW);
  });

  it('is the earlier one even if it is found late, as long as nobody is in the new one', () => {
    const { room, exists } = openRoom();
    room.placeCaller('first');
    exists(OLD, 2);
    room.addEarlierConferences([found(OLD, 1)]);
    expect(room.placeCaller('second')).toBe(OLD);
  });

  it('stays the new one once a call that was sent there is known to be alive', async () => {
    const { room, calls, exists } = openRoom();
    calls.set('first', 'alive');
    room.placeCaller('first');
    await clock.runUntil(3000);
    exists(OLD, 2);
    room.addEarlierConferences([found(OLD, 1)]);
    expect(room.placeCaller('second')).toBe('recorded-first');
    room.close();
  });

  it('is never a named one whose name only looks like a CallSid', async () => {
    const { room, calls, exists } = openRoom();
    exists(OLD, 2);
    calls.clear();
    room.addEarlierConferences([found(OLD, 1)]);
    await clock.runUntil(20_000);
    expect(room.placeCaller('first')).toBe('recorded-first');
  });

  it('is an earlier one even if SignalWire knows its first call only a few seconds later', async () => {
    const { room, calls, exists } = openRoom();
    exists(OLD, 2);
    calls.clear();
    room.addEarlierConferences([found(OLD, 1)]);
    await clock.runUntil(500);
    calls.set(OLD.replace('recorded-', ''), 'alive');
    await clock.runUntil(8000);
    expect(room.placeCaller('first')).toBe(OLD);
  });
});
