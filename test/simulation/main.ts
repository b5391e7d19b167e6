import { Command, Option } from 'commander';
import { atLeastOne, wholeNumber } from '../../src/cli/fault-options.js';
import { addTraitOptions, flagsOf, traitsOf } from '../../src/cli/trait-options.js';
import { compare } from './compare.js';
import { startCopy } from './copy.js';
import { type Dimensions, drawDimensions, type Overrides } from './dimensions.js';
import { CALLBACK_MS, runLoad } from './load.js';
import { emptyTally, sentenceOf, tally } from './tally.js';
import { runWorld } from './world.js';

interface Options {
  seeds: number;
  from: number;
  seed?: number;
  copies?: number;
  interval?: number;
  kind?: Dimensions['kind'];
  compare?: true;
  load?: true;
}

async function simulate(options: Options): Promise<void> {
  const { seeds, from, seed, copies, interval, kind } = options;
  const overrides: Overrides = {
    copies,
    resyncIntervalMs: interval === undefined ? undefined : interval * 1000,
    kind,
    traits: (drawn) => traitsOf({ ...options }, drawn),
  };
  if (options.load) return tellOfLoads(from);
  if (options.compare) return compare(from, seeds, overrides);
  if (seed !== undefined) return tellStory(seed, overrides);

  const total = emptyTally();
  for (let each = from; each < from + seeds; each += 1) {
    const outcome = await runWorld(drawDimensions(each, overrides), startCopy);
    tally(total, outcome);
    for (const problem of outcome.problems) console.log(`seed ${each}: ${problem}`);
  }
  for (const [reason, count] of total.excuses) console.log(`excused in ${count} of the worlds: ${reason}`);
  console.log(sentenceOf(total));
  if (total.wrong > 0) process.exitCode = 1;
}

async function tellStory(seed: number, overrides: Overrides): Promise<void> {
  const { story, problems, excused, dimensions } = await runWorld(drawDimensions(seed, overrides), startCopy, {
    tellsStory: true,
  });
  const { traits, faults, ...rest } = dimensions;
  const going = Object.entries(faults).filter(([, value]) => value > 0);
  console.log(`The world: ${list(Object.entries(rest))}`);
  console.log(`Its space: ${flagsOf(traits) || 'as documented'}`);
  console.log(`What goes wrong: ${list(going)}\n`);
  console.log(story.join('\n'));
  console.log(`\n${problems.length === 0 ? 'Nothing was wrong.' : problems.join('\n')}`);
  for (const { sentence, reason } of excused) console.log(`Excused: ${sentence} ${reason}.`);
  if (problems.length > 0) process.exitCode = 1;
}

/** Few conferences with many callbacks, and many conferences with few, where a request takes long. */
async function tellOfLoads(seed: number): Promise<void> {
  for (const [conferences, callbacksPerSecond, requestMs] of [
    [60, 20, 1000],
    [3000, 50, 300],
    [10_000, 167, 50],
  ] as const) {
    const load = {
      seed,
      conferences,
      callbacksPerSecond,
      requestMs,
      resyncIntervalMs: 30_000,
      durationMs: 120_000,
      lost: 0.02,
    };
    const { pausesMs, longestWrongMs, requests } = await runLoad(load);
    const at = (share: number) => pausesMs[Math.floor(share * pausesMs.length)] ?? Number.NaN;
    console.log(
      `${conferences} conferences, ${callbacksPerSecond} callbacks a second, ${requestMs} ms a request: pauses within ` +
        `${at(0.5)} ms (median), ${at(0.95)} ms (95 %), where the limit is ${CALLBACK_MS + 1.5 * requestMs} ms; a recording was wrong for ` +
        `${longestWrongMs} ms at most; ${requests} requests.`,
    );
  }
}

function list(entries: [string, unknown][]): string {
  return entries.map(([name, value]) => `${name} ${value}`).join(', ') || 'nothing';
}

const command = addTraitOptions(
  new Command('npm run simulate --')
    .description('Runs the service in simulated worlds, under a virtual clock, each drawn from a seed.')
    .option('--seeds <number>', 'how many worlds', atLeastOne, 1000)
    .option('--from <seed>', 'the first one', wholeNumber, 1)
    .option('--seed <seed>', 'tells the story of one world', wholeNumber)
    .option('--copies <number>', 'how many copies of the service there are', atLeastOne)
    .option('--interval <seconds>', 'SWEEP_INTERVAL_SECONDS; 0 reads only what callbacks ask for', wholeNumber)
    .addOption(new Option('--kind <kind>', 'what kind of worlds').choices(['storm', 'lossy', 'well']))
    .option('--compare', "the service beside the guide's design and the limit, in the same worlds")
    .option('--load', 'how pauses fare in 60, 3,000 and 10,000 conferences at once, in place of all that'),
);

simulate(command.parse().opts()).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
