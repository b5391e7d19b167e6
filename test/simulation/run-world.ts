import { sumRecordingTimes } from '../../src/simulator/model/recording-meter.js';
import {
  checkCalmWrites,
  checkFalseAlarms,
  checkJudgements,
  checkMeetings,
  checkMemory,
  checkPastRecordings,
  checkRecordings,
  checkWrites,
  type ReportProblem,
} from './checks.js';
import type { StartCopy } from './copy.js';
import { actAsOne, type Dimensions } from './dimensions.js';
import { NO_REDIS_FAULTS, type RedisFaults } from './memory-redis.js';
import { MAX_LATE_EFFECT_MS } from './memory-space.js';
import { actAtRandom } from './people.js';
import { createWorld, type World, type WorldCounts } from './world.js';
import { NO_WORLD_FAULTS } from './world-faults.js';

/** What came of a world. `lostMs` and `soloMs` are those of the storm, `reads` and `writes` those of the storm and the last stop. */
export interface WorldResult extends WorldCounts {
  dimensions: Dimensions;
  /** A sentence for each thing that was wrong; empty if nothing was. */
  problems: string[];
  /** The problems that no service could have avoided, and why. */
  excused: { problem: string; reason: string }[];
  /** A line for each thing that happened; empty if no story was asked for. */
  story: string[];
  /** How long the world lasted, in virtual milliseconds. */
  ms: number;
  /** How long recordings did not run although enough people were in the conference. */
  lostMs: number;
  /** How long recordings ran with too few people in the conference. */
  soloMs: number;
}

/**
 * Runs one world, from the first call until everything must be forgotten. The same dimensions give the same result.
 *
 * @param startCopy starts a process of the service, or of what stands for it
 */
export async function runWorld(
  dimensions: Dimensions,
  startCopy: StartCopy,
  { hasStory = false } = {},
): Promise<WorldResult> {
  const problems: string[] = [];
  const excused: WorldResult['excused'] = [];
  const story: string[] = [];
  const world = createWorld(dimensions, startCopy, hasStory ? (line) => void story.push(line) : undefined);
  let recordingTime = sumRecordingTimes([]);

  const report: ReportProblem = (problem, reason) => {
    world.log(`WRONG: ${problem}${reason ? ` (excused: ${reason})` : ''}`);
    if (reason) excused.push({ problem, reason });
    else problems.push(problem);
  };
  const onError = (error: unknown) =>
    report(`An error was not caught: ${error instanceof Error ? error.stack : error}`);
  process.on('unhandledRejection', onError);
  process.on('uncaughtException', onError);
  try {
    await storm(world);
    recordingTime = sumRecordingTimes([...world.model.conferences.values()].map(({ meter }) => meter.read()));
    const { reads, writes } = world.counts;
    await judge(world, report);
    // What was sent after the storm is left out, except during the stop.
    Object.assign(world.counts, { reads, writes });
    for (const { copy } of world.fleet.running()) void copy.stop();
    await world.clock.runUntil(world.clock.now + 20_000);
  } catch (error) {
    onError(error);
  } finally {
    process.off('unhandledRejection', onError);
    process.off('uncaughtException', onError);
    world.clock.uninstall();
  }
  const { lostMs, soloMs } = recordingTime;
  return { dimensions, problems, excused, story, ...world.counts, lostMs, soloMs, ms: world.clock.now };
}

/** Lets people call, hang up and go on hold while everything goes wrong that the dimensions say. */
async function storm(world: World): Promise<void> {
  const { dimensions, clock, stream, model, people, callIn, log } = world;
  const { kind, latencyMs, stormMs, paceMs, isOpenRoomUsed } = dimensions;
  const named = Array.from({ length: dimensions.namedRooms }, (_, index) => `room ${index + 1}`);
  const rooms = isOpenRoomUsed ? [undefined, undefined, ...named] : named;
  const options = { model, random: stream('people'), rooms, callIn: (room?: string) => void callIn(room), log };
  // If nothing goes wrong, each event waits until the service has acted on the one before.
  const pauseMs = kind === 'well' ? 12 * latencyMs : 0;
  await clock.runUntil(stream('people').integer(0, 2000));
  scheduleDisruptions(world);
  scheduleRedisDisruptions(world);
  while (clock.now < stormMs) {
    actAtRandom(people, options);
    await clock.runUntil(clock.now + pauseMs + Math.ceil(2 * paceMs * stream('pace').next()));
  }
  log('the storm is over');
  world.setFaults(NO_WORLD_FAULTS);
  world.fleet.cutOff(undefined);
  if (!isRedisGone(world)) world.redis?.setFaults(NO_REDIS_FAULTS);
}

/** Schedules restarts of copies and jumps of the wall clock at random times of the storm. */
function scheduleDisruptions(world: World): void {
  const { dimensions, clock, stream, log } = world;
  const { faults, stormMs, copies } = dimensions;
  for (const name of ['restarts', 'kills', 'clockSteps'] as const) {
    const count = Math.round((faults[name] * stormMs) / 60_000);
    for (let ordinal = 0; ordinal < count; ordinal += 1) {
      const at = stream(name).integer(3000, stormMs);
      const index = stream(name).integer(0, copies - 1);
      const hours = stream(name).pick([1, -1]);
      setTimeout(() => {
        if (name !== 'clockSteps') return void restart(world, index, name === 'kills');
        log(`the wall clock jumps by ${hours} hour`);
        clock.stepWallClock(hours * 3_600_000);
      }, at);
    }
  }
}

/** Whether Redis goes in the storm and doesn't come back. */
function isRedisGone({ dimensions, stream }: World): boolean {
  return dimensions.redis === 'bad' && stream('redis gone').happens(0.2);
}

/** Schedules what goes wrong with Redis, one thing after another, and copies that stand still. */
function scheduleRedisDisruptions({ dimensions, stream, redis, fleet, log }: World): void {
  const { copies, stormMs, kind } = dimensions;
  if (!redis) return;
  const { integer, pick, happens } = stream('redis faults');
  const cutOff = integer(1, copies);
  const kinds: [Partial<RedisFaults>, ...Partial<RedisFaults>[]] = [
    { isDown: true },
    { cutOff },
    { slowMs: 5000 },
    { slowMs: 150 },
    { lost: 0.2 },
  ];
  for (let at = integer(0, 15_000); dimensions.redis === 'bad' && at < stormMs; at += integer(5000, 30_000)) {
    const faults = happens(0.3) ? NO_REDIS_FAULTS : { ...NO_REDIS_FAULTS, ...pick(kinds) };
    setTimeout(() => {
      log(`Redis: ${JSON.stringify(faults)}`);
      redis.setFaults(faults);
    }, at);
  }
  const outages = stream('outages');
  for (let at = 10_000; dimensions.redis === 'bad' && at < stormMs; at += outages.integer(20_000, 60_000)) {
    const index = outages.integer(0, copies - 1);
    setTimeout(() => {
      log(`copy ${index + 1} does not reach SignalWire`);
      fleet.cutOff(index);
      setTimeout(() => fleet.cutOff(undefined), outages.integer(2000, 20_000));
    }, at);
  }
  const freezes = stream('freezes');
  for (let at = 3000; kind === 'storm' && at < stormMs; at += freezes.integer(10_000, 60_000)) {
    const [index, ms] = [freezes.integer(0, copies - 1), freezes.integer(500, 6000)];
    setTimeout(() => fleet.freeze(index, ms), at);
  }
}

/** Restarts a copy, and lets somebody call it shortly after its start. */
async function restart({ dimensions, fleet, clock, stream, callIn }: World, index: number, isKill: boolean) {
  await fleet.restart(index, isKill);
  await clock.wait(stream('call at a start').integer(0, 300));
  if (dimensions.isOpenRoomUsed) await callIn(undefined);
}

/** Runs the world on after the storm, and checks it. Without resyncs, recordings needn't become right. */
async function judge(world: World, report: ReportProblem): Promise<void> {
  const hasResyncs = world.dimensions.resyncIntervalMs > 0;
  if (hasResyncs) {
    await calm(world, report);
    checkPastRecordings(world, report);
  }
  checkFalseAlarms(world, report);
  checkWrites(world, report);
  checkMeetings(world, report);
  // Without resyncs, a copy remembers what no callback tells it to forget.
  const isToldAll = world.dimensions.kind === 'well' && actAsOne(world.dimensions);
  if (hasResyncs || isToldAll) await end(world, report);
}

/** Waits until everything that was under way has arrived and every recording must be right, and then until none may be written. */
async function calm(world: World, report: ReportProblem): Promise<void> {
  const { dimensions, limits, clock, fleet, counts } = world;
  const { lateMs, hanging } = dimensions.faults;
  const arrivalMs = lateMs + 3000 + (hanging > 0 ? MAX_LATE_EFFECT_MS + 5000 : 0);
  await clock.runUntil(clock.now + arrivalMs + limits.correctionMs);
  checkRecordings(world, report, 'In the calm');
  const { writes } = counts;
  const calmAt = clock.now;
  await clock.runUntil(clock.now + dimensions.resyncIntervalMs + 20_000);
  // After a replayed callback, the service writes once more if a read contradicts its last write (R6).
  const isUndisturbed = fleet.lastCallbackAt < calmAt - 20_000;
  if (isUndisturbed) checkCalmWrites(world, report, counts.writes - writes, clock.now - calmAt);
  checkRecordings(world, report, 'Later');
  checkJudgements(world, report);
}

/** Lets everybody hang up, and waits until everything must be forgotten. */
async function end(world: World, report: ReportProblem): Promise<void> {
  const { dimensions, limits, clock, model, people, log } = world;
  log('everybody hangs up');
  world.setFaults({ ...NO_WORLD_FAULTS, lost: dimensions.faults.lost });
  for (const { call } of people) model.endCall(call);
  const forgetMs = 60_000 + 3 * dimensions.resyncIntervalMs + limits.lagMs + limits.requestsMs + 100_000;
  await clock.runUntil(clock.now + forgetMs);
  checkMemory(world, report);
}
