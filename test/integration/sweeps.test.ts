import { describe, expect, it } from 'vitest';
import { serveLaml } from '../support/serve-laml.js';
import { eventually, kindOf, type Pair, quiet, startPair } from '../support/service-beside-simulator.js';
import {
  countOf,
  FAST,
  isPaused,
  isResumed,
  known,
  READ_CONFERENCES,
  READ_LIST,
  READ_RECORDING,
  twoPeople,
  watchInFlight,
} from '../support/two-people.js';

/** Conferences with two people in each, of which nobody is called back. */
async function fill({ simulator }: Pick<Pair, 'simulator'>, conferences: number): Promise<void> {
  const laml = await serveLaml();
  const calls = Array.from({ length: conferences * 2 }, (_, call) => `${laml}recorded-${call % conferences}`);
  // Not all at once: the machine that runs this has few sockets.
  while (calls.length > 0) await Promise.all(calls.splice(0, 50).map((url) => simulator.call({ url })));
}

describe('a sweep', () => {
  const sweeping = { settings: { sweepIntervalMs: 400 }, durations: { word: 50, settle: 60 } };

  it('makes good a leave and a join that were never heard of', async () => {
    const { pair, second } = await twoPeople(sweeping);
    pair.simulator.onCallback = () => {};
    pair.simulator.hangUp(second);
    await isPaused(pair);
    await pair.simulator.call();
    await isResumed(pair);
  });

  it('finds a conference of which nothing was ever heard', async () => {
    const { pair, second } = await twoPeople({
      ...sweeping,
      before(simulator) {
        simulator.onCallback = () => {};
      },
    });
    pair.simulator.hangUp(second);
    await isPaused(pair);
  });

  it('forgets a conference whose end was never heard of', async () => {
    const { pair, first, second } = await twoPeople(sweeping);
    pair.simulator.onCallback = () => {};
    pair.simulator.hangUp(first);
    pair.simulator.hangUp(second);
    await eventually(async () => expect(await known(pair)).toBe(0));
    expect(pair.log).toContainEqual(expect.objectContaining({ msg: 'the conference is over' }));
  });

  it("leaves other applications' conferences alone", async () => {
    const url = `${await serveLaml()}theirs`;

    const { pair } = await twoPeople(sweeping);
    const [, second] = [await pair.simulator.call({ url }), await pair.simulator.call({ url })];
    const theirs = pair.simulator.conferences().find(({ name }) => name === 'theirs');
    const paths: string[] = [];
    pair.simulator.events.on('request', ({ path }) => paths.push(path));
    pair.simulator.hangUp(second);
    const sweeps = () => paths.filter((path) => path.endsWith('/Conferences')).length;
    await eventually(() => expect(sweeps()).toBeGreaterThan(2));
    expect(theirs?.recordings[0]?.status).toBe('in-progress');
    expect(paths.filter((path) => path.includes(theirs?.sid ?? ''))).toEqual([]);
    expect(paths.length).toBeGreaterThan(sweeps());
  });

  it('asks for one page, and for two things of each conference of ours', async () => {
    const { pair } = await twoPeople(sweeping);
    pair.requests.length = 0;
    const count = (kind: string) => pair.requests.filter((request) => request === kind).length;
    await eventually(() => expect(count(READ_CONFERENCES)).toBe(6));
    const kinds = [READ_CONFERENCES, READ_LIST, READ_RECORDING];
    expect([...new Set(pair.requests)].toSorted()).toEqual(kinds);
    // Between the first and the sixth list lie five intervals, and a piece of one before the first: five or six visits,
    // and one fewer or more where the conference's time in the interval is that of the list itself.
    for (const visits of kinds.slice(1).map(count)) {
      expect(visits).toBeGreaterThanOrEqual(4);
      expect(visits).toBeLessThanOrEqual(7);
    }
  });

  it('looks at each conference at its own time in the interval', async () => {
    const pair = await startPair({ durations: { ...FAST, word: 50, settle: 60 }, settings: { sweepIntervalMs: 1000 } });
    const url = `${pair.service.publicUrl}/inbound`;
    await Promise.all(Array.from({ length: 12 }, (_, room) => pair.simulator.call({ url: `${url}?room=${room}` })));
    await quiet(pair.simulator, 100);
    const visited: string[] = [];
    await eventually(() => expect(countOf(pair, READ_CONFERENCES)).toBeGreaterThan(2));
    pair.simulator.events.on('request', (request) => {
      if (kindOf(request) === READ_LIST) visited.push(request.path.split('/')[3] ?? '');
    });
    await eventually(() => expect(visited.length).toBeGreaterThanOrEqual(12));
    // They come in the order of their SIDs, round and round: of twelve visits at most one goes back to the beginning.
    // Two that are due within a moment of each other may change places.
    const phases = visited.slice(0, 12).map((sid) => Number.parseInt(sid.slice(0, 8), 16) / 0x1_0000_0000);
    const stepsBack = phases.filter((phase, position) => phase < (phases[position - 1] ?? 0) - 0.1);
    expect(new Set(visited.slice(0, 12)).size).toBeGreaterThanOrEqual(11);
    expect(stepsBack.length).toBeLessThanOrEqual(1);
  });

  it('does not wait for a conference whose reads are not answered', async () => {
    const { pair } = await twoPeople({ durations: { ...FAST, firstSweep: 50, request: 20_000 } });
    const held: (() => void)[] = [];
    pair.simulator.onRequest = async (request, handle) => {
      if (kindOf(request) === READ_LIST) await new Promise<void>((resolve) => held.push(resolve));
      return handle();
    };
    await pair.restart({ sweepIntervalMs: 50 });
    await eventually(() => expect(countOf(pair, READ_CONFERENCES)).toBeGreaterThan(5));
    for (const release of held) release();
  });

  it('of a thousand conferences costs one list and two reads for each, spread over the interval', async () => {
    const tenths: number[] = Array(10).fill(0);
    const durations = { ...FAST, firstSweep: 60_000 };
    const settings = { sweepIntervalMs: 10_000 };
    const pair = await startPair({ durations, settings, before: (simulator) => fill({ simulator }, 1000) });
    const lists = watchInFlight(pair, READ_LIST);
    pair.requests.length = 0;
    let beganAt: number | undefined;
    let isOver = false;
    pair.simulator.events.on('request', (request) => {
      if (kindOf(request) === READ_CONFERENCES) {
        isOver = beganAt !== undefined;
        beganAt ??= performance.now();
      } else if (beganAt !== undefined && !isOver) {
        const tenth = Math.floor((performance.now() - beganAt) / 1000);
        tenths[tenth] = (tenths[tenth] ?? 0) + 1;
      }
    });
    await expect.poll(() => isOver, { timeout: 60_000 }).toBe(true);
    const reads = tenths.reduce((all, some) => all + some, 0);
    // Two for each, give or take those that on a busy machine fall on the other side of a list.
    expect(reads).toBeGreaterThan(1800);
    expect(reads).toBeLessThan(2200);
    expect(Math.max(...tenths)).toBeLessThan(reads / 4);
    expect(lists.most).toBeLessThanOrEqual(49);
  }, 120_000);

  it('takes longer where SignalWire is too slow for it, piles nothing up, and says so once', async () => {
    const settings = { sweepIntervalMs: 200 };
    const durations = { ...FAST, firstSweep: 10_000 };
    const pair = await startPair({ settings, durations, before: (simulator) => fill({ simulator }, 150) });
    pair.simulator.latencyMs = 200;
    const lists = watchInFlight(pair, READ_LIST);
    const visits = new Map<string, number>();
    pair.simulator.events.on('request', (request) => {
      if (kindOf(request) === READ_LIST) visits.set(request.path, (visits.get(request.path) ?? 0) + 1);
    });
    await eventually(() => {
      expect(visits.size).toBe(150);
      expect(Math.min(...visits.values())).toBeGreaterThanOrEqual(2);
    });
    // Each has its turn: none is asked about often while another waits.
    expect(Math.max(...visits.values())).toBeLessThanOrEqual(2 * Math.min(...visits.values()));
    expect(lists.most).toBeLessThanOrEqual(49);
    const warnings = pair.log.filter(({ level }) => level > 30).map(({ msg }) => msg);
    expect(warnings).toEqual([expect.stringMatching(/^SignalWire answers too slowly for SWEEP_INTERVAL_SECONDS/)]);
  }, 60_000);
});
