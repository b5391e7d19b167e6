import { describe, expect, it } from 'vitest';
import { ownerOf } from '../../src/copies/owner.js';
import { type Conference, isRunning } from '../../src/simulator/model/resources.js';
import { DOCUMENTED } from '../../src/simulator/model/traits.js';
import { type Dimensions, drawDimensions, type Overrides } from './dimensions.js';
import { runWorld } from './run-world.js';
import { startServiceCopy } from './service-copy.js';
import { addResult, createTally, type Tally } from './tally.js';
import { createWorld, type World } from './world.js';
import { NO_WORLD_FAULTS } from './world-faults.js';

const KINDS = ['well', 'lossy', 'storm'] as const;

/** Runs the worlds of the first seeds. */
async function runWorlds(seeds: number, overrides: Overrides): Promise<{ tally: Tally; problems: string[] }> {
  const tally = createTally();
  const problems: string[] = [];
  for (let seed = 1; seed <= seeds; seed += 1) {
    const result = await runWorld(drawDimensions(seed, overrides), startServiceCopy);
    addResult(tally, result);
    problems.push(...result.problems.map((problem) => `seed ${seed}: ${problem}`));
  }
  return { tally, problems };
}

describe('three copies that share a Redis', () => {
  it.each(KINDS)('are right in every world, and so are their rooms (%s)', async (kind) => {
    const { problems } = await runWorlds(60, { copies: 3, redis: 'good', kind });
    expect(problems).toEqual([]);
  });

  it.each(KINDS)('are right in every world whose Redis fails (%s)', async (kind) => {
    const { problems } = await runWorlds(60, { copies: 3, redis: 'bad', kind });
    expect(problems).toEqual([]);
  });

  it('lose no more speech, record nobody alone for longer, and read no more than one copy, within 10 %', async () => {
    const options = { kind: 'well', resyncIntervalMs: 30_000 } as const;
    const one = (await runWorlds(150, { ...options, copies: 1 })).tally;
    const three = (await runWorlds(150, { ...options, copies: 3, redis: 'good' })).tally;
    expect(three.events).toBe(one.events);
    expect(three.lostMs).toBeLessThan(1.1 * one.lostMs);
    expect(three.soloMs).toBeLessThan(1.1 * one.soloMs);
    // Each copy lists the conferences twice when it starts.
    const reads = ({ reads: all, worlds }: Tally, copies: number) => all - 2 * copies * worlds;
    expect(reads(three, 3)).toBeLessThan(1.1 * reads(one, 1));
  });
});

/** Lets a test direct a world in which everything is as documented and nothing fails by itself. */
async function inWorld(overrides: Partial<Dimensions>, play: (world: World) => Promise<void>): Promise<void> {
  const plain = { faults: NO_WORLD_FAULTS, traits: DOCUMENTED, latencyMs: 60, resyncIntervalMs: 30_000 };
  const dimensions = { ...drawDimensions(1, { copies: 3, redis: 'good' }), minParticipants: 2, ...plain, ...overrides };
  const world = createWorld(dimensions, startServiceCopy);
  try {
    await run(world, 1000);
    await play(world);
  } finally {
    world.clock.uninstall();
  }
}

const run = ({ clock }: World, ms: number) => clock.runUntil(clock.now + ms);

/** Lets so many people call a room, one after another. */
async function callIn(world: World, people: number, room = 'room'): Promise<Conference> {
  for (let index = 0; index < people; index += 1) {
    void world.callIn(room);
    await run(world, 500);
  }
  const [conference] = world.model.conferences.values();
  if (!conference) throw new Error('There is no conference.');
  return conference;
}

const isRecorded = ({ recordings }: Conference) => recordings.some(isRunning);

/** The caller who joined last leaves. @returns the CallSid */
function leave({ people, model }: World): string {
  const last = people.findLast(({ leftAt }) => leftAt === undefined);
  if (last) model.endCall(last.call);
  return last?.call.sid ?? '';
}

/** Delivers a callback to one copy. */
function reportTo(world: World, copy: number, { sid }: Conference, event: string, callSid: string): void {
  const timestamp = new Date(world.model.now()).toUTCString();
  const parameters = { ConferenceSid: sid, StatusCallbackEvent: event, CallSid: callSid, Timestamp: timestamp };
  world.fleet.running()[copy]?.copy.receive({ url: '', method: 'POST', parameters });
}

/** Somebody leaves a conference that two people are in. */
function leaveOneOfTwo({ people, model }: World): void {
  const isIn = ({ leftAt }: World['people'][number]) => leftAt === undefined;
  const first = people.find(
    (one) => isIn(one) && people.filter((other) => other.room === one.room && isIn(other)).length === 2,
  );
  if (first) model.endCall(first.call);
}

describe.each([0, 1, 2])('when copy %i fails in a call', (index) => {
  it('and is killed, the recording is right within three seconds of the next change', async () => {
    await inWorld({}, async (world) => {
      const conference = await callIn(world, 3);
      await run(world, 20_000);
      void world.fleet.restart(index, true);
      leave(world);
      leave(world);
      await run(world, 3000);
      expect(isRecorded(conference)).toBe(false);
      await callIn(world, 1);
      expect(isRecorded(conference)).toBe(true);
    });
  });

  it('and stands still, another one does its work within three seconds, and nothing is wrong when it goes on', async () => {
    await inWorld({}, async (world) => {
      const conference = await callIn(world, 2);
      await run(world, 20_000);
      world.setFaults({ ...NO_WORLD_FAULTS, lost: 1 });
      world.fleet.freeze(index, 5000);
      const left = leave(world);
      reportTo(world, (index + 1) % 3, conference, 'participant-leave', left);
      await run(world, 3000);
      expect(isRecorded(conference)).toBe(false);
      await run(world, 5000);
      expect(isRecorded(conference)).toBe(false);
    });
  });

  it('and does not reach SignalWire, the others pause and resume in its place', async () => {
    await inWorld({}, async (world) => {
      const conference = await callIn(world, 3);
      await run(world, 20_000);
      world.fleet.cutOff(index);
      leave(world);
      leave(world);
      await run(world, 5000);
      expect(isRecorded(conference)).toBe(false);
      await callIn(world, 1);
      await run(world, 5000);
      expect(isRecorded(conference)).toBe(true);
    });
  });
});

const ROOMS = Array.from({ length: 20 }, (_, index) => `room ${index}`);

it('a copy that starts learns of recordings that SignalWire does not list', async () => {
  const traits = { ...DOCUMENTED, recordingsListed: false };
  await inWorld({ traits }, async (world) => {
    for (const room of ROOMS) {
      await callIn(world, 1, room);
      await callIn(world, 1, room);
    }
    await run(world, 20_000);
    // Every copy that received a callback about one goes, one after another.
    for (const index of [0, 1, 2]) {
      void world.fleet.restart(index, true);
      await run(world, 4000);
    }
    for (let people = 0; people < ROOMS.length; people += 1) leaveOneOfTwo(world);
    await run(world, 3000);
    expect([...world.model.conferences.values()].map(isRecorded)).toEqual(ROOMS.map(() => false));
  });
});

describe('a report on a conference that another copy works on', () => {
  /** Lets two people meet, of whom one leaves, and then somebody join of whom SignalWire tells only one copy. */
  async function joinAt(choose: (worker: number) => number, isWorkerFrozen: boolean): Promise<number> {
    let resumedAfterMs = Number.POSITIVE_INFINITY;
    await inWorld({}, async (world) => {
      const conference = await callIn(world, 2);
      leave(world);
      await run(world, 20_000);
      expect(isRecorded(conference)).toBe(false);
      const ids = ['1/1', '2/2', '3/3'];
      const worker = ids.indexOf(ownerOf(conference.sid, ids));
      world.setFaults({ ...NO_WORLD_FAULTS, lost: 1 });
      if (isWorkerFrozen) world.fleet.freeze(worker, 5000);
      void world.callIn('room');
      await run(world, 200);
      reportTo(world, choose(worker), conference, 'participant-join', world.people.at(-1)?.call.sid ?? '');
      const receivedAt = world.clock.now;
      while (!isRecorded(conference) && world.clock.now < receivedAt + 30_000) await run(world, 5);
      resumedAfterMs = world.clock.now - receivedAt;
    });
    return resumedAfterMs;
  }

  it('is passed on, which takes some milliseconds longer than to act on it', async () => {
    const itself = await joinAt((worker) => worker, false);
    const passedOn = await joinAt((worker) => (worker + 1) % 3, false);
    expect(passedOn).toBeLessThanOrEqual(itself + 5);
  });

  it('is acted on after 100 ms by the copy that received it, if the other one is silent', async () => {
    const itself = await joinAt((worker) => worker, false);
    const standingIn = await joinAt((worker) => (worker + 1) % 3, true);
    expect(standingIn).toBeGreaterThanOrEqual(itself + 100);
    expect(standingIn).toBeLessThanOrEqual(itself + 110);
  });
});

describe('callers without a room', () => {
  /** The names of the conferences that copies answer to callers who call them at the same time, and how long that takes (ms). */
  async function callAtOnce(world: World, copies: number[]): Promise<{ names: string[]; ms: number }> {
    const running = world.fleet.running();
    const names: string[] = [];
    const calledAt = world.clock.now;
    for (const copy of copies) {
      const caller = running.find(({ number }) => number === copy + 1)?.copy;
      void caller?.conferenceNameFor(`CA-${copy}-${calledAt}`).then((name) => names.push(name));
    }
    while (names.length < copies.length && world.clock.now < calledAt + 5000) await run(world, 1);
    return { names, ms: world.clock.now - calledAt };
  }

  // The first copy is the eldest, which decides.
  it('meet if they call two copies at the same moment, and wait some milliseconds for that', async () => {
    await inWorld({}, async (world) => {
      const { names, ms } = await callAtOnce(world, [1, 2]);
      expect(names).toHaveLength(2);
      expect(new Set(names).size).toBe(1);
      expect(ms).toBeLessThan(20);
    });
  });

  it('meet if the copy that decided stops just before', async () => {
    await inWorld({}, async (world) => {
      void world.fleet.restart(0, false);
      await run(world, 10);
      const { names, ms } = await callAtOnce(world, [1, 2]);
      expect(new Set(names).size).toBe(1);
      expect(ms).toBeLessThan(20);
    });
  });

  it('meet who waits, although only a copy that has just started is left', async () => {
    await inWorld({}, async (world) => {
      const before = await callAtOnce(world, [1]);
      void world.fleet.restart(2, true);
      await run(world, 3500);
      void world.fleet.restart(0, true);
      void world.fleet.restart(1, true);
      await run(world, 10);
      const { names } = await callAtOnce(world, [2]);
      expect(names).toEqual(before.names);
    });
  });

  it('wait a tenth of a second at most if the copy that decides stands still', async () => {
    await inWorld({}, async (world) => {
      world.fleet.freeze(0, 5000);
      const { names, ms } = await callAtOnce(world, [1]);
      expect(names).toHaveLength(1);
      expect(ms).toBeGreaterThanOrEqual(100);
      expect(ms).toBeLessThanOrEqual(102);
    });
  });
});
