import type { Webhook } from '../../src/simulator/model/callbacks.js';
import type { Recording } from '../../src/simulator/model/resources.js';
import type { SpaceModel } from '../../src/simulator/model/space-model.js';
import type { Views } from '../../src/simulator/model/views.js';
import type { Copy, CopyOptions, StartCopy } from './copy.js';
import type { Dimensions, Faults } from './dimensions.js';
import { createMemorySpace, type MemoryRequest } from './memory-space.js';
import type { Streams } from './streams.js';
import type { VirtualClock } from './virtual-clock.js';

export interface FleetOptions {
  dimensions: Dimensions;
  model: SpaceModel;
  views: Views;
  clock: VirtualClock;
  stream: Streams;
  faults: () => Faults;
  latency: () => number;
  startCopy: StartCopy;
  truth: CopyOptions['truth'];
  onRequest(request: MemoryRequest): void;
  /** A recording was asked to do what it did already. */
  onRedundant(recording: Recording): void;
  log(line: string): void;
}

/** What is known of where a call went. */
export interface Taken {
  copy: number;
  /** How often that copy had been started by then. */
  starts: number;
  roomFor: Copy['roomFor'];
}

/** The copies of the service behind a balancer, which come and go. */
export interface Fleet {
  /** How often a copy has been started. */
  readonly starts: number;
  /** When a callback last got to a copy (ms of the world). */
  readonly handedAt: number;
  running(): { copy: Copy; number: number }[];
  /** Gives a callback to a copy. @returns false when none listens */
  hand(callback: Webhook): boolean;
  /** Gives a call to a copy; undefined when none listens. */
  takeCall(): Taken | undefined;
  /** Stops or kills a copy, and starts it again a while later. */
  restart(index: number, isKill: boolean): Promise<void>;
  /** When a copy was started for the last time before that (ms of the world). */
  startBefore(copy: number, at: number): number;
  /** Whether a copy that still runs had been told of the recording by a callback at that time (ms of the world). */
  isReported(recordingSid: string, at: number): boolean;
}

interface Place {
  copy: Copy | undefined;
  /** The run that goes on, or the last one; a new object for each. */
  run: { isAlive: boolean };
  startedAt: number[];
}

export function startFleet(options: FleetOptions): Fleet {
  const { dimensions, model, views, clock, stream, faults, latency, startCopy, truth, onRequest, onRedundant, log } =
    options;
  const { copies, minParticipants, resyncIntervalMs } = dimensions;
  const newPlace = (): Place => ({ copy: undefined, run: { isAlive: false }, startedAt: [] });
  const places = Array.from({ length: copies }, newPlace);
  /** By recording, in small letters: the runs of a copy that a callback has told of it. */
  const reportedTo = new Map<string, { run: Place['run']; at: number }[]>();
  let starts = 0;
  let handedAt = 0;

  function start(place: Place, number: number): void {
    const run = { isAlive: true };
    let hasAnswered = false;
    const space = createMemorySpace({
      model,
      views,
      faults,
      latency,
      streamOf: stream,
      isAlive: () => run.isAlive,
      onRequest(request) {
        hasAnswered ||= request.outcome !== 'no answer';
        onRequest(request);
        const about = request.sid ? ` of ${short(request.sid)}` : '';
        log(`    copy ${number}: ${request.method} ${request.what}${about}: ${request.outcome}`);
      },
      onRedundant,
    });
    place.run = run;
    place.startedAt.push(clock.now);
    starts += 1;
    place.copy = startCopy({
      // Before SignalWire has answered anything only the machine's own clock is there.
      space: { ...space, now: () => (hasAnswered ? model.now() : Date.now()) },
      prefix: PREFIX,
      minParticipants,
      resyncIntervalMs,
      random: () => stream('jitter').next(),
      truth,
      log: (line) => log(`  copy ${number}: ${line}`),
    });
  }

  const listening = () => places.filter(({ copy }) => copy !== undefined);
  const choose = (balancer: string) => {
    const there = listening();
    return there[stream(balancer).whole(0, Math.max(0, there.length - 1))];
  };

  for (const [index, place] of places.entries()) start(place, index + 1);

  return {
    get starts() {
      return starts;
    },
    get handedAt() {
      return handedAt;
    },
    running: () => places.flatMap(({ copy }, index) => (copy ? [{ copy, number: index + 1 }] : [])),

    hand(callback) {
      const place = choose('balancer');
      if (!place?.copy) return false;
      place.copy.take(callback);
      handedAt = clock.now;
      const { RecordingSid, RecordingStatus } = callback.parameters;
      if (RecordingSid && RecordingStatus === 'in-progress') {
        const key = RecordingSid.toLowerCase();
        reportedTo.set(key, [...(reportedTo.get(key) ?? []), { run: place.run, at: clock.now }]);
      }
      return true;
    },

    takeCall() {
      const place = choose('voice balancer');
      if (!place?.copy) return undefined;
      return { copy: places.indexOf(place), starts: place.startedAt.length, roomFor: place.copy.roomFor };
    },

    async restart(index, isKill) {
      const place = places[index];
      const copy = place?.copy;
      if (!place || !copy) return;
      log(`copy ${index + 1} is ${isKill ? 'killed' : 'stopped'}`);
      place.copy = undefined;
      const { run } = place;
      // One that stops cleanly goes on with its requests until it's done.
      if (!isKill) await copy.stop();
      run.isAlive = false;
      await clock.wait(stream('down').whole(200, 3000));
      log(`copy ${index + 1} starts`);
      start(place, index + 1);
    },

    startBefore: (copy, at) => places[copy]?.startedAt.findLast((started) => started <= at) ?? 0,
    isReported: (recordingSid, at) =>
      (reportedTo.get(recordingSid.toLowerCase()) ?? []).some((report) => report.run.isAlive && report.at <= at),
  };
}

export const PREFIX = 'recorded-';

/** SIDs of a world differ in their last digits alone. */
export function short(sid: string): string {
  return `#${Number(sid.slice(-12))}`;
}
