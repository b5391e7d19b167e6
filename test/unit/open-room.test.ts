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

/** An open room in a space of which a test says what it knows: the state of calls, and who is in which conference. */
function openRoom() {
  const calls = new Map<string, 'alive' | 'over'>();
  const occupancy = new Map<string, Occupancy>();
  const none = () => Promise.reject(new Error('A room asks for calls alone.'));
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
  const room = createOpenRoom({ space, prefix: 'recorded-', occupancyOf });
  const callSidOf = (name: string) => name.replace('recorded-', '');
  const exists = (name: string, people: number) => {
    calls.set(callSidOf(name), 'over');
    occupancy.set(name, { conferences: 1, people });
  };
  return { room, calls, exists };
}

describe('the open room after a restart', () => {
  it('is the oldest that was there, else a new one', () => {
    const { room, exists } = openRoom();
    expect(room.placeCaller('first')).toBe('recorded-first');
    const again = openRoom();
    again.exists(OLD, 1);
    again.exists(NEW, 1);
    again.room.addEarlierConferences([found(NEW, 2), found(OLD, 1)]);
    expect(again.room.placeCaller('first')).toBe(OLD);
    exists(OLD, 0);
  });

  it('is one with somebody in before an older one in which nobody is', () => {
    const { room, exists } = openRoom();
    exists(OLD, 0);
    exists(NEW, 1);
    room.addEarlierConferences([found(OLD, 1), found(NEW, 2)]);
    expect(room.placeCaller('first')).toBe(NEW);
  });

  it('is the one that was there also when it is found late and nobody is in the new one yet', () => {
    const { room, exists } = openRoom();
    room.placeCaller('first');
    exists(OLD, 2);
    room.addEarlierConferences([found(OLD, 1)]);
    expect(room.placeCaller('second')).toBe(OLD);
  });

  it('stays the new one when somebody who was sent there is known to be there', async () => {
    const { room, calls, exists } = openRoom();
    calls.set('first', 'alive');
    room.placeCaller('first');
    await clock.runUntil(3000);
    exists(OLD, 2);
    room.addEarlierConferences([found(OLD, 1)]);
    expect(room.placeCaller('second')).toBe('recorded-first');
    room.close();
  });

  it('is never one that was asked for by a name that only looks like a CallSid', async () => {
    const { room, calls, exists } = openRoom();
    exists(OLD, 2);
    calls.clear();
    room.addEarlierConferences([found(OLD, 1)]);
    await clock.runUntil(20_000);
    expect(room.placeCaller('first')).toBe('recorded-first');
  });

  it('is one whose call SignalWire comes to know a few seconds later', async () => {
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
