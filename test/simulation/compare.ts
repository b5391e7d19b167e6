import type { StartCopy } from './copy.js';
import { drawDimensions, type Overrides } from './dimensions.js';
import { startGuideCopy } from './guide-copy.js';
import { startLimitCopy } from './limit-copy.js';
import { runWorld } from './run-world.js';
import { startServiceCopy } from './service-copy.js';

const LIMIT = 'the limit';

const DESIGNS: [string, StartCopy][] = [
  ['this service', startServiceCopy],
  ["the guide's design", startGuideCopy],
  [LIMIT, startLimitCopy],
];

/** Runs every design in the same worlds of each kind, and prints a Markdown table of what each costs. */
export async function compareDesigns(from: number, seeds: number, overrides: Overrides): Promise<void> {
  const given = Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
  console.log(`${seeds} worlds of each kind, from seed ${from}\n`);
  console.log(
    '| worlds | | speech lost per crossing | recorded alone per crossing | reads per event | writes per event | wrong for good |',
  );
  console.log('| --- | --- | --: | --: | --: | --: | --: |');
  for (const kind of ['well', 'lossy', 'storm'] as const) {
    for (const [name, startCopy] of DESIGNS) {
      const total = { wrong: 0, events: 0, crossings: 0, lostMs: 0, soloMs: 0, reads: 0, writes: 0 };
      for (let seed = from; seed < from + seeds; seed += 1) {
        const dimensions = drawDimensions(seed, { copies: 1, resyncIntervalMs: 30_000, ...given, kind, namedRooms: 2 });
        const result = await runWorld(dimensions, startCopy);
        if (result.problems.length > 0) total.wrong += 1;
        for (const key of ['events', 'crossings', 'lostMs', 'soloMs', 'reads', 'writes'] as const) {
          total[key] += result[key];
        }
      }
      const { wrong, events, crossings, lostMs, soloMs, reads, writes } = total;
      const perCrossing = (sum: number) => `${Math.round(sum / crossings)} ms`;
      // Requests and problems have no meaning for the limit.
      const perEvent = (sum: number) => (name === LIMIT ? '' : (sum / events).toFixed(2));
      const share = (count: number) => (name === LIMIT ? '' : `${Math.round((100 * count) / seeds)} %`);
      console.log(
        `| ${kind} | ${name} | ${perCrossing(lostMs)} | ${perCrossing(soloMs)} | ${perEvent(reads)} | ` +
          `${perEvent(writes)} | ${share(wrong)} |`,
      );
    }
  }
}
