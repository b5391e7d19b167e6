import { Command, InvalidArgumentError, Option } from 'commander';
import { parseInteger } from '../../src/cli/fault-options.js';
import { addTraitOptions, formatTraitFlags, readTraits } from '../../src/cli/trait-options.js';
import { compareDesigns } from './compare.js';
import { drawDimensions, type Overrides, type RedisKind } from './dimensions.js';
import { CALLBACK_MS, runLoad } from './load.js';
import { runWorld } from './run-world.js';
import { startServiceCopy } from './service-copy.js';
import { addResult, createTally, summarize } from './tally.js';
import type { WorldKind } from './world-faults.js';

interface Options {
  seeds: number;
  from: number;
  seed?: number;
  copies?: number;
  interval?: number;
  kind?: WorldKind;
  countHeld: boolean;
  redis: RedisKind;
  compare?: true;
  load?: true;
}

async function simulate(options: Options): Promise<void> {
  const { seeds, from, seed, copies, interval, kind, countHeld, redis } = options;
  const overrides: Overrides = {
    copies,
    resyncIntervalMs: interval === undefined ? undefined : interval * 1000,
    countHeld,
    redis,
    kind,
    traits: (drawn) => readTraits({ ...options }, drawn),
  };
  if (options.load) return runLoads(from);
  if (options.compare) return compareDesigns(from, seeds, overrides);
  if (seed !== undefined) return printStory(seed, overrides);
  return runWorlds(from, seeds, overrides);
}

async function runWorlds(from: number, seeds: number, overrides: Overrides): Promise<void> {
  const tally = createTally();
  for (let seed = from; seed < from + seeds; seed += 1) {
    const result = await runWorld(drawDimensions(seed, overrides), startServiceCopy);
    addResult(tally, result);
    for (const problem of result.problems) console.log(`seed ${seed}: ${problem}`);
  }
  for (const [reason, count] of tally.excuses) console.log(`excused in ${count} worlds: ${reason}`);
  console.log(summarize(tally));
  if (tally.wrong > 0) process.exitCode = 1;
}

async function printStory(seed: number, overrides: Overrides): Promise<void> {
  const dimensions = drawDimensions(seed, overrides);
  const { story, problems, excused } = await runWorld(dimensions, startServiceCopy, { hasStory: true });
  const { traits, faults, ...others } = dimensions;
  const faultsOfWorld = Object.entries(faults).filter(([, value]) => value > 0);
  console.log(`World: ${formatEntries(Object.entries(others))}`);
  console.log(`Space: ${formatTraitFlags(traits) || 'as documented'}`);
  console.log(`Faults: ${formatEntries(faultsOfWorld) || 'none'}\n`);
  console.log(story.join('\n'));
  console.log(`\n${problems.length === 0 ? 'Nothing was wrong.' : problems.join('\n')}`);
  for (const { problem, reason } of excused) console.log(`Excused: ${problem} ${reason}.`);
  if (problems.length > 0) process.exitCode = 1;
}

/** Runs a few conferences with many callbacks and slow requests, and many conferences with few callbacks each. */
async function runLoads(seed: number): Promise<void> {
  for (const [copies, conferences, callbacksPerSecond, requestMs] of [
    [1, 60, 20, 1000],
    [1, 3000, 50, 300],
    [1, 10_000, 167, 150],
    [3, 30_000, 500, 150],
  ] as const) {
    const load = {
      seed,
      copies,
      conferences,
      callbacksPerSecond,
      requestMs,
      resyncIntervalMs: 30_000,
      durationMs: 120_000,
      lost: 0.02,
    };
    const { pausesMs, longestWrongMs, requests } = await runLoad(load);
    const quantile = (share: number) => pausesMs[Math.floor(share * pausesMs.length)] ?? Number.NaN;
    const limitMs = CALLBACK_MS + 1.5 * requestMs;
    console.log(
      `${conferences} conferences, ${copies === 1 ? 'one copy' : `${copies} copies`}, ${callbacksPerSecond} callbacks per ` +
        `second, ${requestMs} ms per request: pauses took ` +
        `${quantile(0.5)} ms (median) and ${quantile(0.95)} ms (95 %); the limit is ${limitMs} ms. A recording was wrong for ` +
        `${longestWrongMs} ms at most. ${requests} requests.`,
    );
  }
}

function formatEntries(entries: [string, unknown][]): string {
  return entries.map(([name, value]) => `${name} ${value}`).join(', ');
}

const command = addTraitOptions(
  new Command('npm run simulate --')
    .description('Runs the service in simulated worlds under a virtual clock. A seed determines each world.')
    .option('--seeds <number>', 'number of worlds', parsePositiveInteger, 1000)
    .option('--from <seed>', 'seed of the first world', parseInteger, 1)
    .option('--seed <seed>', 'run one world, and print its story', parseInteger)
    .option('--copies <number>', 'number of copies of the service', parsePositiveInteger)
    .option(
      '--interval <seconds>',
      'SWEEP_INTERVAL_SECONDS; 0: conferences are only read after callbacks',
      parseInteger,
    )
    .addOption(new Option('--kind <kind>', 'kind of the worlds').choices(['storm', 'lossy', 'well']))
    .addOption(
      new Option('--redis <state>', 'how the Redis is that the copies share')
        .choices(['none', 'good', 'bad'])
        .default('none'),
    )
    .option('--no-count-held', 'as with COUNT_HELD=false')
    .option('--compare', "compare the service with the guide's design and with the limit, in the same worlds")
    .option('--load', 'measure instead how long pauses take with 60, 3,000 and 10,000 conferences'),
);

simulate(command.parse().opts()).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

/** Parses the value of an option as a whole number, 1 or more. @throws InvalidArgumentError, as `parseInteger` does */
function parsePositiveInteger(text: string): number {
  const number = parseInteger(text);
  if (number < 1) throw new InvalidArgumentError('It must be a whole number, 1 or more.');
  return number;
}
