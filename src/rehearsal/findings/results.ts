import { DEFAULT_DURATIONS } from '../../recording/durations.js';
import type { Bracket } from '../observations.js';
import type { Result } from './finding.js';

/** How long a reported join overrides SignalWire's lists. */
export const BELIEVED_MS = DEFAULT_DURATIONS.joinReport;

export function ok(value: string | Bracket, note: string | null = null): Result {
  return { value, verdict: 'ok', note };
}

/** @param consequence what follows from it: the rest of a sentence that begins with "So" */
export function wrong(value: string | Bracket, consequence: string): Result {
  return { value, verdict: 'not ok', note: `So ${consequence.replace(/\.$/, '')}.` };
}

export function unknown(value: string | null = null, note: string | null = null): Result {
  return { value, verdict: 'unknown', note };
}

/** How much longer one thing took than another. */
export function subtract(longer: Bracket, shorter: Bracket): Bracket {
  return {
    atLeastMs: Math.max(0, longer.atLeastMs - (shorter.atMostMs ?? longer.atLeastMs)),
    atMostMs: longer.atMostMs === undefined ? undefined : Math.max(0, longer.atMostMs - shorter.atLeastMs),
  };
}

export function isWithin(bracket: Bracket | undefined, limitMs: number): boolean {
  return bracket?.atMostMs !== undefined && bracket.atLeastMs <= limitMs;
}

/** For example `1.5 to 1.9 s`, `0.04 s` or `more than 30 s`. */
export function formatBracket({ atLeastMs, atMostMs }: Bracket): string {
  if (atMostMs === undefined) return `more than ${seconds(atLeastMs)} s`;
  const [low, high] = [seconds(atLeastMs), seconds(atMostMs)];
  if (low === high) return `${low} s`;
  return atLeastMs === 0 ? `at most ${high} s` : `${low} to ${high} s`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(ms < 100 ? 2 : 1);
}
