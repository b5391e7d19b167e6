import type { Person } from './people.js';

/** Two callers without a room who were in at the same time, taken by the same copy, and did not meet. */
export interface Miss {
  /** Who came first. */
  one: Person;
  other: Person;
}

export function missesAmong(people: Person[]): Miss[] {
  const callers = people.filter(({ asksFor, cameAt }) => asksFor === undefined && cameAt !== undefined);
  const byArrival = callers.toSorted((a, b) => (a.cameAt ?? 0) - (b.cameAt ?? 0));
  return byArrival.flatMap((one, index) =>
    byArrival
      .slice(index + 1)
      .filter((other) => one.copy === other.copy && one.conference !== other.conference)
      .filter((other) => (one.leftAt ?? Number.POSITIVE_INFINITY) > (other.cameAt ?? 0))
      .map((other) => ({ one, other })),
  );
}
