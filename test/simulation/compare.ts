import { type StartCopy, startCopy } from './copy.js';
import { drawDimensions, type Overrides } from './dimensions.js';
import { startGuide } from './guide.js';
import { startLimit } from './limit.js';
import { runWorld } from './world.js';

const CONTENDERS: [string, StartCopy][] = [
  ['this service', startCopy],
  ["the guide's design", startGuide],
  ['the limit', startLimit],
];

/** Prints, for each kind of worlds, what each contender costs in the same ones, as a table for the documents. */
export async function compare(from: number, seeds: number, overrides: Overrides): Promise<void> {
  const given = Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
  console.log(`${seeds} worlds of each kind, from seed ${from}\n`);
  console.log(
    '| worlds | | speech lost per crossing | recorded alone per crossing | reads per event | writes per event | wrong for good |',
  );
  console.log('| --- | --- | --: | --: | --: | --: | --: |');
  for (const kind of ['well', 'lossy', 'storm'] as const) {
    for (const [name, start] of CONTENDERS) {
      const total = { wrong: 0, events: 0, crossings: 0, lostMs: 0, soloMs: 0, reads: 0, writes: 0 };
      for (let seed = from; seed < from + seeds; seed += 1) {
        const dimensions = drawDimensions(seed, { copies: 1, resyncIntervalMs: 30_000, ...given, kind, namedRooms: 2 });
        const outcome = await runWorld(dimensions, start);
        if (outcome.problems.length > 0) total.wrong += 1;
        for (const key of ['events', 'crossings', 'lostMs', 'soloMs', 'reads', 'writes'] as const) {
          total[key] += outcome[key];
        }
      }
      const { wrong, events, crossings, lostMs, soloMs, reads, writes } = total;
      const ms = (sum: number) => `${Math.round(sum / crossings)} ms`;
      const each = (sum: number) => (name === 'the limit' ? '' : (sum / events).toFixed(2));
      const share = (count: number) => (name === 'the limit' ? '' : `${Math.round((100 * count) / seeds)} %`);
      console.log(
        `| ${kind} | ${name} | ${ms(lostMs)} | ${ms(soloMs)} | ${each(reads)} | ${each(writes)} | ${share(wrong)} |`,
      );
    }
  }
}
