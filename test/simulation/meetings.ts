import type { Person } from './people.js';

/** Two callers without a room who were there at the same time, on the same copy, but in different conferences. */
export interface MissedMeeting {
  /** The one who joined first. */
  first: Person;
  second: Person;
}

export function findMissedMeetings(people: Person[]): MissedMeeting[] {
  const callers = people.filter(({ room, joinedAt }) => room === undefined && joinedAt !== undefined);
  const byArrival = callers.toSorted((a, b) => (a.joinedAt ?? 0) - (b.joinedAt ?? 0));
  return byArrival.flatMap((first, index) =>
    byArrival
      .slice(index + 1)
      .filter((second) => first.copy === second.copy && first.conferenceName !== second.conferenceName)
      .filter((second) => (first.leftAt ?? Number.POSITIVE_INFINITY) > (second.joinedAt ?? 0))
      .map((second) => ({ first, second })),
  );
}
