import { afterEach, beforeEach, expect, it } from 'vitest';
import { DEFAULT_DURATIONS } from '../../src/recording/durations.js';
import { createReconciler } from '../../src/recording/reconciler.js';
import { createPolicyFor } from '../../src/recording/recording-policy.js';
import type { SharedState } from '../../src/recording/sharing.js';
import { createOpenRoom } from '../../src/rooms/open-room.js';
import type { ConferenceSpace } from '../../src/signalwire/space.js';
import { installVirtualClock, type VirtualClock } from '../simulation/virtual-clock.js';

// What a copy does with what others publish about conferences that they work on.

let clock: VirtualClock;
beforeEach(() => {
  clock = installVirtualClock(0);
});
afterEach(() => clock.uninstall());

function createOther() {
  const none = () => Promise.reject(new Error('This copy works on nothing.'));
  const space: ConferenceSpace = {
    listConferences: none,
    fetchConferenceStatus: none,
    listParticipants: none,
    listRecordings: none,
    fetchRecording: none,
    findConferenceOf: none,
    updateRecording: none,
    fetchCallState: none,
    now: () => Date.now(),
  };
  const openRoom = createOpenRoom({
    space,
    prefix: 'recorded-',
    occupancyOf: (name) => reconciler.occupancyOf(name),
    checksCallers: () => false,
    onCallerGone() {},
  });
  const reconciler = createReconciler({
    space,
    openRoom,
    emit() {},
    durations: DEFAULT_DURATIONS,
    policyFor: createPolicyFor({ minParticipants: 2, pauseBehavior: 'skip', countHeld: true }),
    sharing: { isOurs: () => false, publish() {}, emitOthers() {} },
    conferencePrefix: 'recorded-',
    resyncIntervalMs: 0,
    random: () => 0.5,
  });
  return reconciler;
}

const read: SharedState = {
  conferenceSid: 'CF',
  name: 'recorded-room',
  known: { people: { counted: new Set(['a']), held: new Set() }, recording: undefined },
  readAgoMs: 5,
  written: undefined,
  because: 'resync',
  reports: [],
};

it('a conference that is over does not come back by what a copy had read before, and does by what it reads later', async () => {
  const reconciler = createOther();
  reconciler.receiveShared({ type: 'state', state: read });
  expect(reconciler.size).toBe(1);
  reconciler.receiveShared({ type: 'over', conferenceSid: 'cf', name: undefined });
  reconciler.receiveShared({ type: 'state', state: read });
  expect(reconciler.size).toBe(0);
  await clock.runUntil(6000);
  reconciler.receiveShared({ type: 'state', state: read });
  expect(reconciler.size).toBe(1);
});

it('a conference that SignalWire does not know is not remembered because another copy says so', () => {
  const reconciler = createOther();
  reconciler.receiveShared({ type: 'state', state: { ...read, known: undefined } });
  expect(reconciler.size).toBe(0);
});
