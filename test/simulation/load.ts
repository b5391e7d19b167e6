import { type Conference, peopleIn } from '../../src/simulator/model/resources.js';
import { createSpaceModel } from '../../src/simulator/model/space-model.js';
import { DOCUMENTED } from '../../src/simulator/model/traits.js';
import { createViews } from '../../src/simulator/model/views.js';
import { type Copy, startCopy } from './copy.js';
import { NO_FAULTS } from './dimensions.js';
import { PREFIX } from './fleet.js';
import { createMemorySpace } from './memory-space.js';
import { instructionFor } from './people.js';
import { createStreams } from './streams.js';
import { installVirtualClock } from './virtual-clock.js';

export interface Load {
  seed: number;
  conferences: number;
  /** Callbacks a second, over all conferences. */
  callbacksPerSecond: number;
  /** How long a request to SignalWire takes, in milliseconds. */
  requestMs: number;
  resyncIntervalMs: number;
  /** How long it lasts, in milliseconds. */
  durationMs: number;
  /** The share of callbacks that are lost. */
  lost: number;
  /** From when to when (ms) every write fails. */
  writesFail?: { from: number; to: number };
}

/** What a load came to. */
export interface LoadOutcome {
  /** How long after a leave its recording was paused, in milliseconds, the shortest first. */
  pausesMs: number[];
  /** How long a recording was wrong at a stretch, in milliseconds, at most. */
  longestWrongMs: number;
  requests: number;
}

const EPOCH = 1_795_521_600_000;

/** How long a callback takes to come, in milliseconds. */
export const CALLBACK_MS = 20;

/**
 * Conferences in which one stays and the other comes and goes, so that each callback makes enough people or too few; with one
 * copy of the service, in the documented space.
 */
export async function runLoad(load: Load): Promise<LoadOutcome> {
  const { seed, conferences, callbacksPerSecond, requestMs, resyncIntervalMs, durationMs, lost, writesFail } = load;
  const clock = installVirtualClock(EPOCH);
  const stream = createStreams(seed);
  const outcome: LoadOutcome = { pausesMs: [], longestWrongMs: 0, requests: 0 };
  const leftAt = new Map<Conference, number>();
  let sids = 0;
  let copy: Copy | undefined;

  const model = createSpaceModel({
    projectId: 'project',
    traits: DOCUMENTED,
    now: () => EPOCH + clock.now,
    newSid() {
      sids += 1;
      return `00000000-0000-4000-8000-${String(sids).padStart(12, '0')}`;
    },
    enough: 2,
    recordingUrl: (sid) => sid,
    callBack(callback) {
      if (!stream('lost').happens(lost)) void clock.wait(CALLBACK_MS).then(() => copy?.take(callback));
    },
    onChange({ what, conference }) {
      if (what === 'left' && peopleIn(conference).length === 1) leftAt.set(conference, clock.now);
      if (what === 'joined') leftAt.delete(conference);
      const since = what === 'recording' ? leftAt.get(conference) : undefined;
      if (since === undefined) return;
      outcome.pausesMs.push(clock.now - since);
      leftAt.delete(conference);
    },
  });
  const areWritesFailing = () => writesFail !== undefined && clock.now >= writesFail.from && clock.now < writesFail.to;
  const space = createMemorySpace({
    model,
    views: createViews(model),
    faults: (method) => ({ ...NO_FAULTS, failed: method === 'POST' && areWritesFailing() ? 1 : 0 }),
    latency: () => requestMs,
    streamOf: stream,
    isAlive: () => true,
    onRequest() {
      outcome.requests += 1;
    },
    onRedundant() {},
  });

  try {
    copy = startCopy({
      space,
      prefix: PREFIX,
      minParticipants: 2,
      resyncIntervalMs,
      random: () => stream('jitter').next(),
      truth: { model, latency: () => CALLBACK_MS, wait: clock.wait, watch() {} },
      log() {},
    });
    const rooms = Array.from({ length: conferences }, (_, index) => instructionFor(`${PREFIX}${index}`));
    const call = () => {
      const one = model.addCall('+15550200000', '+15550100000', 'inbound');
      model.setCallStatus(one, 'in-progress');
      return one;
    };
    for (const room of rooms) model.join(call(), room);
    const guests = new Map<number, ReturnType<typeof call>>();
    while (clock.now < durationMs) {
      await clock.runUntil(clock.now + Math.max(1, Math.round((2000 / callbacksPerSecond) * stream('pace').next())));
      const index = stream('people').whole(0, conferences - 1);
      const guest = guests.get(index);
      const room = rooms[index];
      if (guest) {
        model.endCall(guest);
        guests.delete(index);
      } else if (room) {
        const newcomer = call();
        guests.set(index, newcomer);
        model.join(newcomer, room);
      }
    }
    for (const { ledger } of model.conferences.values()) {
      outcome.longestWrongMs = Math.max(outcome.longestWrongMs, ledger.account().longestWrongMs);
    }
    void copy.stop();
    await clock.runUntil(clock.now + 20_000);
    outcome.pausesMs.sort((a, b) => a - b);
    return outcome;
  } finally {
    clock.uninstall();
  }
}
