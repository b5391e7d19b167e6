import type { WorldResult } from './run-world.js';

/** The results of several worlds, added up. */
export interface Tally {
  worlds: number;
  /** The worlds in which something was wrong. */
  wrong: number;
  events: number;
  ms: number;
  reads: number;
  writes: number;
  lostMs: number;
  soloMs: number;
  /** The number of worlds in which each reason excused a problem. */
  excuses: Map<string, number>;
  /** When the first world began, by the machine's own clock (ns). */
  startedAt: bigint;
}

export function createTally(): Tally {
  const none = { worlds: 0, wrong: 0, events: 0, ms: 0, reads: 0, writes: 0, lostMs: 0, soloMs: 0 };
  return { ...none, excuses: new Map(), startedAt: process.hrtime.bigint() };
}

export function addResult(tally: Tally, result: WorldResult): void {
  tally.worlds += 1;
  if (result.problems.length > 0) tally.wrong += 1;
  for (const key of ['events', 'ms', 'reads', 'writes', 'lostMs', 'soloMs'] as const) tally[key] += result[key];
  const reasons = new Set(result.excused.map(({ reason }) => reason));
  for (const reason of reasons) tally.excuses.set(reason, (tally.excuses.get(reason) ?? 0) + 1);
}

/** The last line of a run. */
export function summarize({ worlds, wrong, events, ms, reads, writes, lostMs, soloMs, startedAt }: Tally): string {
  const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
  const hours = ms < 36_000_000 ? (ms / 3_600_000).toFixed(1) : Math.round(ms / 3_600_000);
  const perEvent = (sum: number) => (sum / events).toFixed(sum / events < 10 ? 2 : 0);
  return (
    `${worlds} worlds, ${events} events, ${hours} hours simulated in ${Math.round(seconds)} s ` +
    `(${Math.round(worlds / seconds)} worlds per second). Per event: ${perEvent(lostMs)} ms of speech lost, ` +
    `${perEvent(soloMs)} ms recorded alone, ${perEvent(reads)} reads, ${perEvent(writes)} writes. ` +
    `${wrong} worlds were wrong.`
  );
}
