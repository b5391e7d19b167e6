import type { Webhook } from '../../src/simulator/model/callbacks.js';
import type { Recording } from '../../src/simulator/model/resources.js';
import type { SpaceModel } from '../../src/simulator/model/space-model.js';
import type { Views } from '../../src/simulator/model/views.js';
import {
  CONFERENCE_PREFIX,
  type Copy,
  type CopyOptions,
  type DirectAccess,
  type StartCopy,
  shortenSid,
} from './copy.js';
import type { Dimensions } from './dimensions.js';
import type { MemoryRedis } from './memory-redis.js';
import { createMemorySpace, type MemoryRequest } from './memory-space.js';
import type { Streams } from './streams.js';
import type { SimulatedProcess, VirtualClock } from './virtual-clock.js';
import { NO_WORLD_FAULTS, type WorldFaults } from './world-faults.js';

export interface FleetOptions {
  dimensions: Dimensions;
  model: SpaceModel;
  views: Views;
  clock: VirtualClock;
  stream: Streams;
  faults: () => WorldFaults;
  /** Draws the time that a request takes (ms). */
  latency: () => number;
  startCopy: StartCopy;
  directAccess: DirectAccess;
  /** Undefined if the copies don't know of each other. */
  redis: MemoryRedis | undefined;
  onRequest(request: MemoryRequest): void;
  /** Called when a write asks for the state that the recording has already. */
  onRedundantWrite(recording: Recording): void;
  /** Called with the SID of a conference whose recording has been wrong for some seconds, in a copy's judgement. */
  onProblem(conferenceSid: string): void;
  /** Adds a line to the story. */
  log(line: string): void;
}

/** The copy that the balancer chose for a call. */
export interface CallRoute {
  /** The copy's index. */
  copy: number;
  /** How often that copy had been started by then. */
  starts: number;
  conferenceNameFor: Copy['conferenceNameFor'];
}

/** The copies of the service behind a load balancer. Copies stop and start. */
export interface Fleet {
  /** How often a copy has been started, over all copies. */
  readonly starts: number;
  /** When a copy last received a callback (ms of the world). */
  readonly lastCallbackAt: number;
  running(): { copy: Copy; number: number }[];
  /** Passes a callback to a copy. @returns false if none is running */
  passToCopy(callback: Webhook): boolean;
  /** Chooses a copy for a call. @returns undefined if none is running */
  routeCall(): CallRoute | undefined;
  /** Stops or kills a copy, and starts it again up to 3 s later. */
  restart(index: number, isKill: boolean): Promise<void>;
  /** Lets a copy stand still for that long. */
  freeze(index: number, ms: number): void;
  /** From now on, that copy doesn't reach SignalWire; with undefined, every copy does. */
  cutOff(index: number | undefined): void;
  /** Whether a copy had stood still before that time (ms of the world). */
  hasStoodStill(before: number): boolean;
  /** When the copy was last started before that time (ms of the world). */
  lastStartBefore(copy: number, at: number): number;
  /** Whether a process that is still running had received a callback about the recording by that time (ms of the world). */
  hadReportOf(recordingSid: string, at: number): boolean;
}

/** A copy's place in the fleet, which one process after another fills. */
interface Slot {
  /** Undefined while no process is running, or while it stops. */
  copy: Copy | undefined;
  /** The present or the last process: a new object for each. */
  process: SimulatedProcess & { isAlive: boolean };
  startedAt: number[];
}

export function startFleet(options: FleetOptions): Fleet {
  const { dimensions, model, views, clock, stream, faults, latency } = options;
  const { startCopy, directAccess, onRequest, onRedundantWrite, onProblem, redis, log } = options;
  const { copies, minParticipants, resyncIntervalMs } = dimensions;
  const createSlot = (): Slot => ({
    copy: undefined,
    process: { isAlive: false, frozenUntil: 0 },
    startedAt: [],
  });
  const slots = Array.from({ length: copies }, createSlot);
  /** The processes that received a callback about a recording, by the recording's SID in lower case. */
  const reports = new Map<string, { process: Slot['process']; at: number }[]>();
  let starts = 0;
  let lastCallbackAt = 0;
  let firstFrozenAt = Infinity;
  let cutOff: number | undefined;

  function start(slot: Slot, number: number): void {
    const process = { isAlive: true, frozenUntil: 0 };
    let hasAnswered = false;
    const space = createMemorySpace({
      model,
      views,
      faults: () => (cutOff === number - 1 ? { ...NO_WORLD_FAULTS, hanging: 1 } : faults()),
      latency,
      stream,
      isAlive: () => process.isAlive,
      onRequest(request) {
        hasAnswered ||= request.outcome !== 'no answer';
        onRequest(request);
        const resource = request.sid ? ` of ${shortenSid(request.sid)}` : '';
        log(`    copy ${number}: ${request.method} ${request.operation}${resource}: ${request.outcome}`);
      },
      onRedundantWrite,
    });
    slot.process = process;
    slot.startedAt.push(clock.now);
    starts += 1;
    const copyOptions: CopyOptions = {
      // As in rest-space.ts: the machine's clock, until SignalWire has answered.
      space: { ...space, now: () => (hasAnswered ? model.now() : Date.now()) },
      conferencePrefix: CONFERENCE_PREFIX,
      minParticipants,
      countHeld: dimensions.countHeld,
      resyncIntervalMs,
      random: () => stream('jitter').next(),
      directAccess,
      onProblem(conferenceSid) {
        // A process that was killed says nothing.
        if (process.isAlive) onProblem(conferenceSid);
      },
      openLink: redis?.linkFor(number, () => process.isAlive),
      id: `${number}/${starts}`,
      log: (line) => log(`  copy ${number}: ${line}`),
    };
    slot.copy = clock.runAs(process, () => startCopy(copyOptions));
  }

  function chooseSlot(streamName: string): Slot | undefined {
    const running = slots.filter(({ copy }) => copy !== undefined);
    return running[stream(streamName).integer(0, Math.max(0, running.length - 1))];
  }

  for (const [index, slot] of slots.entries()) start(slot, index + 1);

  return {
    get starts() {
      return starts;
    },
    get lastCallbackAt() {
      return lastCallbackAt;
    },
    running: () => slots.flatMap(({ copy }, index) => (copy ? [{ copy, number: index + 1 }] : [])),

    passToCopy(callback) {
      const slot = chooseSlot('balancer');
      const { copy, process } = slot ?? {};
      if (!copy || !process) return false;
      const receive = () => copy.receive(callback);
      if (process.frozenUntil > clock.now) clock.runAs(process, () => void setTimeout(receive));
      else clock.runAs(process, receive);
      lastCallbackAt = clock.now;
      const { RecordingSid, RecordingStatus } = callback.parameters;
      if (RecordingSid && RecordingStatus === 'in-progress') {
        const key = RecordingSid.toLowerCase();
        reports.set(key, [...(reports.get(key) ?? []), { process, at: clock.now }]);
      }
      return true;
    },

    routeCall() {
      const slot = chooseSlot('voice balancer');
      const { copy, process } = slot ?? {};
      if (!slot || !copy || !process) return undefined;
      return {
        copy: slots.indexOf(slot),
        starts: slot.startedAt.length,
        async conferenceNameFor(callSid) {
          if (process.frozenUntil > clock.now) await clock.wait(process.frozenUntil - clock.now);
          return clock.runAs(process, () => copy.conferenceNameFor(callSid));
        },
      };
    },

    async restart(index, isKill) {
      const slot = slots[index];
      const copy = slot?.copy;
      if (!slot || !copy) return;
      log(`copy ${index + 1} is ${isKill ? 'killed' : 'stopped'}`);
      slot.copy = undefined;
      const { process } = slot;
      // A copy that stops cleanly finishes its work first.
      if (!isKill) await clock.runAs(process, () => copy.stop());
      process.isAlive = false;
      await clock.wait(stream('down').integer(200, 3000));
      log(`copy ${index + 1} starts`);
      start(slot, index + 1);
    },

    freeze(index, ms) {
      log(`copy ${index + 1} stands still for ${ms} ms`);
      firstFrozenAt = Math.min(firstFrozenAt, clock.now);
      const { process } = slots[index] ?? {};
      if (process) process.frozenUntil = clock.now + ms;
    },

    cutOff(index) {
      cutOff = index;
    },
    hasStoodStill: (before) => firstFrozenAt < before,
    lastStartBefore: (copy, at) => slots[copy]?.startedAt.findLast((startedAt) => startedAt <= at) ?? 0,
    hadReportOf: (recordingSid, at) =>
      (reports.get(recordingSid.toLowerCase()) ?? []).some((report) => report.process.isAlive && report.at <= at),
  };
}
