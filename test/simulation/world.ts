import type { ConferenceSpace } from '../../src/signalwire/space.js';
import type { Webhook } from '../../src/simulator/model/callbacks.js';
import { sum } from '../../src/simulator/model/ledger.js';
import { type Random, streamOf } from '../../src/simulator/model/random.js';
import { type Conference, isCallOver, isRunning, peopleIn } from '../../src/simulator/model/resources.js';
import { createSpaceModel } from '../../src/simulator/model/space-model.js';
import { current } from '../../src/simulator/model/timeline.js';
import { createViews } from '../../src/simulator/model/views.js';
import type { Copy, CopyOptions } from './copy.js';
import { createDelivery } from './delivery.js';
import type { Dimensions, Faults } from './dimensions.js';
import { excuseFor, excuseForMiss, type Facts } from './exceptions.js';
import { missesAmong } from './meetings.js';
import { createMemorySpace, OBEYED_LATE_MS } from './memory-space.js';
import { instructionFor, type Person, somebodyActs } from './people.js';
import { installVirtualClock } from './virtual-clock.js';

/** What a world came to. */
export interface Outcome {
  dimensions: Dimensions;
  /** What isn't as it must be, a sentence each; empty in a good world. */
  problems: string[];
  /** What isn't as it should be but nobody could have known, with the reason. */
  excused: string[];
  /** The story, a line for each thing that happened; empty unless it was asked for. */
  story: string[];
  /** How often somebody came or went, and how long it took, in virtual milliseconds. */
  events: number;
  ms: number;
  reads: number;
  writes: number;
  /** Enough people were in and the recording did not run; too few were in and it ran. In milliseconds. */
  lostMs: number;
  soloMs: number;
}

/** 24 November 2026, 12:00 UTC. */
const EPOCH = 1_795_521_600_000;

const PREFIX = 'recorded-';

const CALM: Faults = {
  lost: 0,
  doubled: 0,
  late: 0,
  lateMs: 0,
  replayed: 0,
  refused: 0,
  failed: 0,
  tooMany: 0,
  unreadable: 0,
  hanging: 0,
  restarts: 0,
  kills: 0,
  clockSteps: 0,
};

/**
 * Runs one world, from the first caller until all is forgotten. The same dimensions give the same story.
 *
 * @param startCopy what stands in this world for a process of the service
 */
export async function runWorld(
  dimensions: Dimensions,
  startCopy: (options: CopyOptions) => Copy,
  { tellsStory = false } = {},
): Promise<Outcome> {
  const { seed, kind, traits, copies: copyCount, minParticipants, resyncIntervalMs, latencyMs, stormMs } = dimensions;
  const clock = installVirtualClock(EPOCH);
  const streams = new Map<string, Random>();
  const stream = (name: string): Random => {
    const known = streams.get(name) ?? streamOf(seed, name);
    streams.set(name, known);
    return known;
  };
  const problems: string[] = [];
  const excused: string[] = [];
  const story: string[] = [];
  const people: Person[] = [];
  /** By recording, in small letters: the runs of a copy that a callback has told of it. */
  const toldOf = new Map<string, { value: boolean }[]>();
  const facts = {
    starts: 0,
    people,
    isRecordingReported: ({ recordings }: Conference) =>
      recordings.every(({ sid }) => toldOf.get(sid.toLowerCase())?.some(({ value }) => value)),
    startBefore: (copy: number, at: number) => places[copy]?.startedAt.findLast((started) => started <= at) ?? 0,
  } satisfies Facts;
  let faults = dimensions.faults;
  let sids = 0;
  let reads = 0;
  let writes = 0;
  let redundantWrites = 0;
  let events = 0;
  let handedAt = 0;

  const log = (line: string) => {
    if (tellsStory) story.push(`${(clock.now / 1000).toFixed(3).padStart(8)}  ${line}`);
  };
  const latency = () => Math.round(latencyMs / 2) + stream('latency').whole(0, Math.round(latencyMs / 2));
  const complain = (sentence: string, excuse?: string) => {
    log(`WRONG: ${sentence}${excuse ? ` (excused: ${excuse})` : ''}`);
    if (excuse) excused.push(`${sentence} (${excuse})`);
    else problems.push(sentence);
  };

  const model = createSpaceModel({
    projectId: 'project',
    traits,
    now: () => EPOCH + clock.now,
    newSid() {
      sids += 1;
      return `00000000-0000-4000-8000-${String(sids).padStart(12, '0')}`;
    },
    enough: minParticipants,
    recordingUrl: (sid) => sid,
    callBack: (callback) => deliver(callback),
    onChange({ what, conference, call }) {
      const person = people.find((one) => one.call === call);
      const letter = person?.letter ?? 'somebody';
      const recording = conference.recordings[0];
      const about = `${short(conference.sid)} (${conference.name}, ${peopleIn(conference).length} in)`;
      if (what === 'joined') {
        events += 1;
        if (person) person.cameAt = clock.now;
        log(`${letter} joins ${about}`);
      } else if (what === 'left') {
        events += 1;
        if (person) person.leftAt = clock.now;
        log(`${letter} leaves ${about}`);
      } else if (what === 'ended') {
        log(`${about} is over`);
      } else {
        log(`  the recording of ${about} is ${recording ? current(recording.status) : 'gone'}`);
      }
    },
  });
  const views = createViews(model);

  // ---------------------------------------------------------------- copies of the service
  interface Place {
    copy: Copy | undefined;
    isAlive: { value: boolean };
    starts: number;
    startedAt: number[];
  }
  const places: Place[] = Array.from({ length: copyCount }, () => ({
    copy: undefined,
    isAlive: { value: false },
    starts: 0,
    startedAt: [],
  }));

  function start(index: number): void {
    const place = places[index];
    if (!place) return;
    const isAlive = { value: true };
    let hasAnswered = false;
    const space: ConferenceSpace = createMemorySpace({
      model,
      views,
      faults: () => faults,
      latency,
      streamOf: stream,
      isAlive: () => isAlive.value,
      onRequest({ method, what, sid, outcome }) {
        hasAnswered ||= /^\d+$|ok/.test(outcome);
        if (method === 'GET') reads += 1;
        else writes += 1;
        log(`    copy ${index + 1}: ${method} ${what}${sid ? ` of ${short(sid)}` : ''}: ${outcome}`);
      },
      onRedundant() {
        redundantWrites += 1;
      },
    });
    Object.assign(place, { isAlive, starts: place.starts + 1 });
    facts.starts += 1;
    place.startedAt.push(clock.now);
    // Before SignalWire has answered anything only the machine's own clock is there.
    const ownSpace = { ...space, now: () => (hasAnswered ? model.now() : Date.now()) };
    place.copy = startCopy({
      space: ownSpace,
      prefix: PREFIX,
      minParticipants,
      resyncIntervalMs,
      random: () => stream('jitter').next(),
      log: (line) => log(`  copy ${index + 1}: ${line}`),
    });
  }

  const listening = () => places.flatMap(({ copy }, index) => (copy ? [{ copy, index }] : []));

  async function restart(index: number, isKill: boolean): Promise<void> {
    const place = places[index];
    const copy = place?.copy;
    if (!place || !copy) return;
    log(`copy ${index + 1} is ${isKill ? 'killed' : 'stopped'}`);
    place.copy = undefined;
    // One that stops cleanly goes on with its requests until it's done.
    const { isAlive } = place;
    if (!isKill) await copy.stop();
    isAlive.value = false;
    await clock.wait(stream('down').whole(200, 3000));
    log(`copy ${index + 1} starts`);
    start(index);
  }

  // ---------------------------------------------------------------- calls and callbacks
  const deliver = createDelivery({
    faults: () => faults,
    latency,
    streamOf: stream,
    wait: clock.wait,
    hand(callback: Webhook) {
      const there = listening();
      const chosen = there[stream('balancer').whole(0, Math.max(0, there.length - 1))];
      if (!chosen) return false;
      chosen.copy.take(callback);
      handedAt = clock.now;
      const { RecordingSid, RecordingStatus } = callback.parameters;
      const run = places[chosen.index]?.isAlive;
      if (RecordingSid && RecordingStatus === 'in-progress' && run) {
        const key = RecordingSid.toLowerCase();
        toldOf.set(key, [...(toldOf.get(key) ?? []), run]);
      }
      return true;
    },
    log: (line) => log(`  ${line}`),
  });

  async function callIn(asksFor: string | undefined): Promise<void> {
    const there = listening();
    const chosen = there[stream('voice balancer').whole(0, Math.max(0, there.length - 1))];
    if (!chosen) return log('somebody calls, and nobody listens');
    const number = `+1555${String(people.length).padStart(7, '0')}`;
    const call = model.addCall(number, '+15550100000', 'inbound');
    const person: Person = {
      letter: letterOf(people.length),
      call,
      asksFor,
      copy: chosen.index,
      starts: places[chosen.index]?.starts ?? 0,
      conference: undefined,
      calledAt: clock.now,
      cameAt: undefined,
      leftAt: undefined,
    };
    people.push(person);
    const sid = traits.sids === 'capitals' ? call.sid.toUpperCase() : call.sid;
    await clock.wait(latency());
    person.conference = asksFor === undefined ? await chosen.copy.roomFor(sid) : PREFIX + asksFor;
    await clock.wait(latency());
    if (isCallOver(call)) return;
    model.setCallStatus(call, 'in-progress');
    model.join(call, instructionFor(person.conference));
  }

  const rooms = Array.from({ length: dimensions.namedRooms }, (_, index) => `room ${index + 1}`);
  const acting = {
    model,
    random: stream('people'),
    rooms,
    callIn: (asksFor: string | undefined) => void callIn(asksFor),
    hangUp: ({ call }: Person) => model.endCall(call),
    log,
  };

  // ---------------------------------------------------------------- the world
  const onError = (error: unknown) => problems.push(`Nobody caught ${error instanceof Error ? error.stack : error}`);
  process.on('unhandledRejection', onError);
  process.on('uncaughtException', onError);
  try {
    for (let index = 0; index < copyCount; index += 1) start(index);
    await clock.runUntil(stream('people').whole(0, 2000));

    // Restarts, kills and jumps of the clock at random moments.
    for (const [name, perMinute] of [
      ['restarts', faults.restarts],
      ['kills', faults.kills],
      ['clockSteps', faults.clockSteps],
    ] as const) {
      const count = Math.round((perMinute * stormMs) / 60_000);
      for (let nth = 0; nth < count; nth += 1) {
        const at = stream(name).whole(3000, stormMs);
        const index = stream(name).whole(0, copyCount - 1);
        const step = stream(name).pick([3_600_000, -3_600_000]);
        setTimeout(() => {
          if (name !== 'clockSteps') return void restart(index, name === 'kills');
          log(`the wall clock jumps by ${step / 3_600_000} hour`);
          clock.stepWall(step);
        }, at);
      }
    }

    const pace = stream('pace');
    while (clock.now < stormMs) {
      somebodyActs(people, acting);
      const quick = kind === 'well' ? 12 * latencyMs : 0;
      await clock.runUntil(clock.now + quick + Math.ceil(2 * dimensions.paceMs * pace.next()));
    }

    log('the storm is over');
    faults = CALM;
    const { lateMs, hanging } = dimensions.faults;
    const lags = Math.max(
      traits.listLagMs,
      traits.readLagMs,
      traits.unknownMs,
      traits.resumedReads === 'paused' ? traits.resumedLateMs : 0,
    );
    // What was sent in the storm may still be on its way: callbacks, requests, and what they are answered with.
    const onItsWay = lateMs + 3000 + (hanging > 0 ? OBEYED_LATE_MS + 5000 : 0);
    const requests = 5000 + 10 * latencyMs;
    const withinMs = resyncIntervalMs + lags + 2000 + requests;
    await clock.runUntil(clock.now + onItsWay + withinMs);

    if (resyncIntervalMs > 0) {
      const live = () => [...model.conferences.values()].filter(({ status }) => current(status) !== 'completed');
      const complainOfAll = (when: string) => {
        for (const conference of live()) {
          const since = conference.ledger.wrongSince();
          if (since === undefined) continue;
          const state = conference.recordings.some(isRunning) ? 'runs' : 'does not run';
          const ms = EPOCH + clock.now - since;
          complain(
            `${when} the recording of ${conference.name} ${state} with ${peopleIn(conference).length} in, for ${ms} ms`,
            excuseFor(dimensions, facts, conference),
          );
        }
      };
      complainOfAll('In the calm');
      if (excused.length === 0) {
        const writesBefore = writes;
        const since = clock.now;
        await clock.runUntil(clock.now + resyncIntervalMs + 20_000);
        // A callback that is replayed asks for a write once more where a read contradicts the last one.
        const isUndisturbed = handedAt < since - 20_000;
        if (writes > writesBefore && isUndisturbed)
          complain(`${writes - writesBefore} more writes were sent in the calm.`);
        complainOfAll('Later');
      }
    }
    if (kind !== 'storm' && resyncIntervalMs > 0) {
      for (const conference of model.conferences.values()) {
        const { longestWrongMs } = conference.ledger.account();
        if (longestWrongMs <= withinMs) continue;
        complain(
          `The recording of ${conference.name} was wrong for ${longestWrongMs} ms at a stretch.`,
          excuseFor(dimensions, facts, conference, true),
        );
      }
    }
    if (kind === 'well' && copyCount === 1 && redundantWrites > 0)
      complain(`${redundantWrites} writes were redundant.`);
    for (const miss of missesAmong(people)) {
      const { one, other } = miss;
      const sentence = `${one.letter} and ${other.letter} did not meet: ${one.conference} and ${other.conference}.`;
      complain(sentence, excuseForMiss(dimensions, facts, miss));
    }

    log('everybody hangs up');
    faults = { ...CALM, lost: dimensions.faults.lost };
    for (const { call } of people) model.endCall(call);
    await clock.runUntil(clock.now + 60_000 + resyncIntervalMs * 3 + lags + requests + 100_000);
    if (resyncIntervalMs > 0) {
      for (const { copy, index } of listening()) {
        if (copy.size > 0) complain(`Copy ${index + 1} still knows ${copy.size} conferences of which none is left.`);
        if (!copy.hasNoRoom()) complain(`Copy ${index + 1} still has a room open in which nobody is.`);
      }
    }
    for (const { copy } of listening()) void copy.stop();
    await clock.runUntil(clock.now + 20_000);
  } catch (error) {
    onError(error);
  } finally {
    process.off('unhandledRejection', onError);
    process.off('uncaughtException', onError);
    clock.uninstall();
  }

  const { lostMs, soloMs } = sum([...model.conferences.values()].map(({ ledger }) => ledger.account()));
  return { dimensions, problems, excused, story, events, ms: clock.now, reads, writes, lostMs, soloMs };
}

/** A to Z, then A1 and so on. */
function letterOf(index: number): string {
  const round = Math.floor(index / 26);
  return String.fromCharCode(65 + (index % 26)) + (round > 0 ? String(round) : '');
}

/** SIDs of a world differ in their last digits alone. */
function short(sid: string): string {
  return `#${Number(sid.slice(-12))}`;
}
