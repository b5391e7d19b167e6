import { describe, expect, it } from 'vitest';
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

/** Lets so many people call the room, one after another. */
async function callIn(world: World, people: number): Promise<Conference> {
  for (let index = 0; index < people; index += 1) {
    void world.callIn('room');
    await run(world, 500);
  }
  const [conference] = world.model.conferences.values();
  if (!conference) throw new Error('There is no conference.');
  return conference;
}

const isRecorded = ({ recordings }: Conference) => recordings.some(isRunning);

/** The caller who joined last leaves. */
function leave({ people, model }: World): void {
  const last = people.findLast(({ leftAt }) => leftAt === undefined);
  if (last) model.endCall(last.call);
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

  it('and stands still, the others do its work within three seconds, and nothing is wrong when it goes on', async () => {
    await inWorld({}, async (world) => {
      const conference = await callIn(world, 3);
      await run(world, 20_000);
      world.fleet.freeze(index, 5000);
      leave(world);
      leave(world);
      await run(world, 3000);
      // A callback to the copy that stands still is late, and only the others know of the rest.
      const isHeard = !isRecorded(conference);
      await run(world, 4000);
      expect(isRecorded(conference)).toBe(false);
      expect(isHeard || world.fleet.lastCallbackAt < world.clock.now - 5000).toBe(true);
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

it('a copy that starts learns of a recording that SignalWire does not list', async () => {
  const traits = { ...DOCUMENTED, recordingsListed: false };
  await inWorld({ traits }, async (world) => {
    const conference = await callIn(world, 2);
    await run(world, 20_000);
    // Every copy that received the callback goes, one after another.
    for (const index of [0, 1, 2]) {
      void world.fleet.restart(index, true);
      await run(world, 10_000);
    }
    leave(world);
    await run(world, 3000);
    expect(isRecorded(conference)).toBe(false);
  });
});
