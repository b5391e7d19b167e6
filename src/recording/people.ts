/** The people in a conference (CallSids in lower case). */
export interface People {
  /** Those who count. */
  counted: Set<string>;
  /** Those who don't, because they are on hold or only coaching. Empty if such people count. */
  held: Set<string>;
}

/**
 * What a callback can report about a caller. If a policy doesn't count people on hold, a hold is like a leave, and its end is like
 * a join.
 */
export type Change = 'join' | 'leave' | 'hold' | 'unhold';

/** Whether the caller is counted after a change. */
export function isCountedAfter(change: Change): boolean {
  return change === 'join' || change === 'unhold';
}

/** Applies what a callback reported about somebody. */
export function applyChange({ counted, held }: People, callSid: string, change: Change): void {
  const key = callSid.toLowerCase();
  counted.delete(key);
  held.delete(key);
  if (isCountedAfter(change)) counted.add(key);
  if (change === 'hold') held.add(key);
}
