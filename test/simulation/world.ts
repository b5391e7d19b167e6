import { sum } from '../../src/simulator/model/ledger.js';
import {
  type Conference,
  isCallOver,
  isRunning,
  peopleIn,
  type Recording,
} from '../../src/simulator/model/resources.js';
import { type Change, createSpaceModel } from '../../src/simulator/model/space-model.js';
import { current } from '../../src/simulator/model/timeline.js';
import { createViews } from '../../src/simulator/model/views.js';
import type { CopyOptions, StartCopy } from './copy.js';
import { createDelivery } from './delivery.js';
import { type Dimensions, NO_FAULTS } from './dimensions.js';
import { excuseFor, excuseForMiss, type Facts } from './exceptions.js';
import { PREFIX, short, startFleet } from './fleet.js';
import { missesAmong } from './meetings.js';
import { OBEYED_LATE_MS } from './memory-space.js';
import { instructionFor, letterOf, type Person, somebodyActs } from './people.js';
import { createStreams } from './streams.js';
import { installVirtualClock } from './virtual-clock.js';

/** What a world came to. */
export interface Outcome {
  dimensions: Dimensions;
  /** What isn't as it must be, a sentence each; empty in a good world. */
  problems: string[];
  /** What isn't as it should be, where the service had no way to know, with the reason. */
  excused: { sentence: string; reason: string }[];
  /** The story, a line for each thing that happened; empty unless it was asked for. */
  story: string[];
  /** How often somebody came or went, and how often that made enough people or too few. */
  events: number;
  crossings: number;
  /** How long it all took, in virtual milliseconds. */
  ms: number;
  /** Until the storm was over: what was asked, and for how long (ms) enough people were not, and too few were recorded. */
  reads: number;
  writes: number;
  lostMs: number;
  soloMs: number;
}

/** 24 November 2026, 12:00 UTC. */
const EPOCH = 1_795_521_600_000;

/**
 * Runs one world, from the first caller until all is forgotten. The same dimensions give the same story.
 *
 * @param startCopy what stands in this world for a process of the service
 */
export async function runWorld(
  dimensions: Dimensions,
  startCopy: StartCopy,
  { tellsStory = false } = {},
): Promise<Outcome> {
  const { seed, kind, traits, minParticipants, resyncIntervalMs, latencyMs, stormMs, paceMs } = dimensions;
  const clock = installVirtualClock(EPOCH);
  const stream = createStreams(seed);
  const people: Person[] = [];
  const outcome: Outcome = {
    dimensions,
    problems: [],
    excused: [],
    story: [],
    events: 0,
    crossings: 0,
    ms: 0,
    reads: 0,
    writes: 0,
    lostMs: 0,
    soloMs: 0,
  };
  let faults = dimensions.faults;
  let sids = 0;
  const redundant: { recording: Recording; at: number }[] = [];
  const watchers: ((conference: Conference) => void)[] = [];

  const log = (line: string) => {
    if (tellsStory) outcome.story.push(`${(clock.now / 1000).toFixed(3).padStart(8)}  ${line}`);
  };
  const latency = () => Math.round(latencyMs / 2) + stream('latency').whole(0, Math.round(latencyMs / 2));
  const complain = (sentence: string, reason?: string) => {
    log(`WRONG: ${sentence}${reason ? ` (excused: ${reason})` : ''}`);
    if (reason) outcome.excused.push({ sentence, reason });
    else outcome.problems.push(sentence);
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
    onChange: follow,
  });
  const views = createViews(model);
  const truth: CopyOptions['truth'] = {
    model,
    latency,
    wait: clock.wait,
    watch: (watcher) => void watchers.push(watcher),
  };
  const fleet = startFleet({
    dimensions,
    model,
    views,
    clock,
    stream,
    faults: () => faults,
    latency,
    startCopy,
    truth,
    onRequest({ method }) {
      if (method === 'GET') outcome.reads += 1;
      else outcome.writes += 1;
    },
    onRedundant: (recording) => void redundant.push({ recording, at: model.now() }),
    log,
  });
  const deliver = createDelivery({
    faults: () => faults,
    latency,
    streamOf: stream,
    wait: clock.wait,
    hand: fleet.hand,
    log: (line) => log(`  ${line}`),
  });
  const facts: Facts = {
    starts: () => fleet.starts,
    startBefore: fleet.startBefore,
    people,
    isRecordingReported: ({ recordings }) => recordings.every(({ sid }) => fleet.isReported(sid, clock.now - withinMs)),
  };

  /** Keeps track of what happens in the space. */
  function follow({ what, conference, call }: Change): void {
    const person = people.find((one) => one.call === call);
    const letter = person?.letter ?? 'somebody';
    const headCount = peopleIn(conference).length;
    const about = `${short(conference.sid)} (${conference.name}, ${headCount} in)`;
    if (what === 'recording') {
      const recording = conference.recordings[0];
      log(`  the recording of ${about} is ${recording ? current(recording.status) : 'gone'}`);
      return;
    }
    if (what === 'ended') {
      log(`${about} is over`);
      return;
    }
    outcome.events += 1;
    if (headCount === (what === 'joined' ? minParticipants : minParticipants - 1)) outcome.crossings += 1;
    if (person) person[what === 'joined' ? 'cameAt' : 'leftAt'] = clock.now;
    log(`${letter} ${what === 'joined' ? 'joins' : 'leaves'} ${about}`);
    for (const watcher of watchers) watcher(conference);
  }

  async function callIn(asksFor: string | undefined): Promise<void> {
    const taken = fleet.takeCall();
    if (!taken) return log('somebody calls, and nobody listens');
    const { copy, starts, roomFor } = taken;
    const call = model.addCall(`+1555${String(people.length).padStart(7, '0')}`, '+15550100000', 'inbound');
    const person: Person = {
      letter: letterOf(people.length),
      call,
      asksFor,
      copy,
      starts,
      conference: undefined,
      calledAt: clock.now,
      cameAt: undefined,
      leftAt: undefined,
    };
    people.push(person);
    await clock.wait(latency());
    const sid = traits.sids === 'capitals' ? call.sid.toUpperCase() : call.sid;
    person.conference = asksFor === undefined ? await roomFor(sid) : PREFIX + asksFor;
    await clock.wait(latency());
    if (isCallOver(call)) return;
    model.setCallStatus(call, 'in-progress');
    model.join(call, instructionFor(person.conference));
  }

  /** Restarts a copy, and has somebody call it just then. */
  async function restart(index: number, isKill: boolean): Promise<void> {
    await fleet.restart(index, isKill);
    await clock.wait(stream('call at a start').whole(0, 300));
    if (dimensions.isOpenRoomUsed) await callIn(undefined);
  }

  /** Has copies restart and the wall clock jump, at moments of the storm. */
  function planTrouble(): void {
    for (const name of ['restarts', 'kills', 'clockSteps'] as const) {
      const count = Math.round((faults[name] * stormMs) / 60_000);
      for (let nth = 0; nth < count; nth += 1) {
        const at = stream(name).whole(3000, stormMs);
        const index = stream(name).whole(0, dimensions.copies - 1);
        const hours = stream(name).pick([1, -1]);
        setTimeout(() => {
          if (name !== 'clockSteps') return void restart(index, name === 'kills');
          log(`the wall clock jumps by ${hours} hour`);
          clock.stepWall(hours * 3_600_000);
        }, at);
      }
    }
  }

  async function storm(): Promise<void> {
    const named = Array.from({ length: dimensions.namedRooms }, (_, index) => `room ${index + 1}`);
    const rooms = dimensions.isOpenRoomUsed ? [undefined, undefined, ...named] : named;
    const hangUp = ({ call }: Person) => model.endCall(call);
    const acting = {
      model,
      random: stream('people'),
      rooms,
      callIn: (room?: string) => void callIn(room),
      hangUp,
      log,
    };
    // Where all is well nobody comes before what the one before asked for is done.
    const pauseMs = kind === 'well' ? 12 * latencyMs : 0;
    await clock.runUntil(stream('people').whole(0, 2000));
    planTrouble();
    while (clock.now < stormMs) {
      somebodyActs(people, acting);
      await clock.runUntil(clock.now + pauseMs + Math.ceil(2 * paceMs * stream('pace').next()));
    }
    log('the storm is over');
    faults = NO_FAULTS;
  }

  // What is new is known after `unknownMs`, and what is known is shown so much later.
  const lateMs = traits.resumedReads === 'paused' ? traits.resumedLateMs : 0;
  const lagMs = Math.max(traits.listLagMs, traits.readLagMs) + Math.max(traits.unknownMs, lateMs);
  const requestsMs = 5000 + 10 * latencyMs;
  /** For no longer than this may a recording be wrong. */
  const withinMs = resyncIntervalMs + lagMs + 2000 + requestsMs;

  function complainOfRecordings(when: string): void {
    for (const conference of model.conferences.values()) {
      const since = conference.ledger.wrongSince();
      if (since === undefined || current(conference.status) === 'completed') continue;
      const state = conference.recordings.some(isRunning) ? 'runs' : 'does not run';
      const ms = EPOCH + clock.now - since;
      const sentence = `${when} the recording of ${conference.name} ${state} with ${peopleIn(conference).length} in, for ${ms} ms.`;
      complain(sentence, excuseFor(dimensions, facts, conference));
    }
  }

  /** Waits until what was on its way has come, and all must be right; and then a while longer, in which nothing is written. */
  async function calm(): Promise<void> {
    const { lateMs: callbackMs, hanging } = dimensions.faults;
    const onItsWayMs = callbackMs + 3000 + (hanging > 0 ? OBEYED_LATE_MS + 5000 : 0);
    await clock.runUntil(clock.now + onItsWayMs + withinMs);
    complainOfRecordings('In the calm');
    const { writes } = outcome;
    const calmAt = clock.now;
    await clock.runUntil(clock.now + resyncIntervalMs + 20_000);
    // A callback that is replayed asks for a write once more where a read contradicts the last one.
    const isUndisturbed = fleet.handedAt < calmAt - 20_000;
    if (outcome.writes > writes && isUndisturbed) complain(`${outcome.writes - writes} writes were sent in the calm.`);
    complainOfRecordings('Later');
  }

  function judgeThePast(): void {
    // Where lists lag further than people come and go apart, one mistake runs into the next; then only the calm counts.
    if (lagMs > paceMs) return;
    for (const conference of model.conferences.values()) {
      const { longestWrongMs } = conference.ledger.account();
      if (kind === 'storm' || longestWrongMs <= withinMs) continue;
      const sentence = `The recording of ${conference.name} was wrong for ${longestWrongMs} ms at a stretch.`;
      complain(sentence, excuseFor(dimensions, facts, conference, true));
    }
  }

  function judgeWrites(): void {
    if (kind !== 'well' || dimensions.copies > 1) return;
    // Where somebody joins just as a pause sets out nobody knows which write counts, and one more settles it.
    const isRace = ({ recording, at }: { recording: Recording; at: number }) =>
      recording.status.filter((turn) => Math.abs(turn.at - at) < 4 * latencyMs).length > 1;
    const count = redundant.filter((write) => !isRace(write)).length;
    if (count > 0) complain(`${count} writes were redundant.`);
  }

  function judgeMeetings(): void {
    for (const miss of missesAmong(people)) {
      const { one, other } = miss;
      const sentence = `${one.letter} and ${other.letter} did not meet: ${one.conference} and ${other.conference}.`;
      complain(sentence, excuseForMiss(dimensions, facts, miss));
    }
  }

  /** Lets everybody hang up, and waits until nothing may be remembered. */
  async function end(): Promise<void> {
    log('everybody hangs up');
    faults = { ...NO_FAULTS, lost: dimensions.faults.lost };
    for (const { call } of people) model.endCall(call);
    await clock.runUntil(clock.now + 60_000 + 3 * resyncIntervalMs + lagMs + requestsMs + 100_000);
    for (const { copy, number } of fleet.running()) {
      if (copy.size > 0) complain(`Copy ${number} still knows ${copy.size} conferences of which none is left.`);
      if (!copy.hasNoRoom()) complain(`Copy ${number} still has a room open in which nobody is.`);
    }
  }

  const onError = (error: unknown) => complain(`Nobody caught ${error instanceof Error ? error.stack : error}`);
  process.on('unhandledRejection', onError);
  process.on('uncaughtException', onError);
  try {
    await storm();
    const { lostMs, soloMs } = sum([...model.conferences.values()].map(({ ledger }) => ledger.account()));
    const { reads, writes } = outcome;
    // Without resyncs nothing is promised but that callers meet and nothing breaks.
    if (resyncIntervalMs > 0) {
      await calm();
      judgeThePast();
    }
    judgeWrites();
    judgeMeetings();
    if (resyncIntervalMs > 0) await end();
    Object.assign(outcome, { lostMs, soloMs, reads, writes });
    for (const { copy } of fleet.running()) void copy.stop();
    await clock.runUntil(clock.now + 20_000);
  } catch (error) {
    onError(error);
  } finally {
    process.off('unhandledRejection', onError);
    process.off('uncaughtException', onError);
    clock.uninstall();
  }
  return { ...outcome, ms: clock.now };
}
