import type { Outcome } from './world.js';

/** What several worlds came to together. */
export interface Tally {
  worlds: number;
  wrong: number;
  events: number;
  ms: number;
  reads: number;
  writes: number;
  lostMs: number;
  soloMs: number;
  /** In how many worlds each reason excused something. */
  excuses: Map<string, number>;
  /** How long it took, by the real clock. */
  startedAt: bigint;
}

export function emptyTally(): Tally {
  const none = { worlds: 0, wrong: 0, events: 0, ms: 0, reads: 0, writes: 0, lostMs: 0, soloMs: 0 };
  return { ...none, excuses: new Map(), startedAt: process.hrtime.bigint() };
}

/** Adds a world. */
export function tally(total: Tally, outcome: Outcome): void {
  total.worlds += 1;
  if (outcome.problems.length > 0) total.wrong += 1;
  for (const key of ['events', 'ms', 'reads', 'writes', 'lostMs', 'soloMs'] as const) total[key] += outcome[key];
  const reasons = new Set(outcome.excused.map(({ reason }) => reason));
  for (const reason of reasons) total.excuses.set(reason, (total.excuses.get(reason) ?? 0) + 1);
}

/** The last line of a run. */
export function sentenceOf({ worlds, wrong, events, ms, reads, writes, lostMs, soloMs, startedAt }: Tally): string {
  const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
  const hours = ms < 36_000_000 ? (ms / 3_600_000).toFixed(1) : Math.round(ms / 3_600_000);
  const each = (sum: number) => (sum / events).toFixed(sum / events < 10 ? 2 : 0);
  return (
    `${worlds} worlds, ${events} events, ${hours} hours simulated in ${Math.round(seconds)} s ` +
    `(${Math.round(worlds / seconds)} worlds a second); an event cost ${each(lostMs)} ms of speech lost, ` +
    `${each(soloMs)} ms recorded alone, ${each(reads)} reads, ${each(writes)} writes. ${wrong} worlds were wrong.`
  );
}
