import type { Person } from './people.js';

/** Two callers without a room who were there at the same time, but in different conferences. */
export interface MissedMeeting {
  /** The one who joined first. */
  first: Person;
  second: Person;
}

/** @param isOnAnyCopy whether callers whom different copies took should have met, too */
export function findMissedMeetings(people: Person[], isOnAnyCopy: boolean): MissedMeeting[] {
  const callers = people.filter(({ room, joinedAt }) => room === undefined && joinedAt !== undefined);
  const byArrival = callers.toSorted((a, b) => (a.joinedAt ?? 0) - (b.joinedAt ?? 0));
  return byArrival.flatMap((first, index) =>
    byArrival
      .slice(index + 1)
      .filter((second) => isOnAnyCopy || first.copy === second.copy)
      .filter((second) => first.conferenceName !== second.conferenceName)
      .filter((second) => (first.leftAt ?? Number.POSITIVE_INFINITY) > (second.joinedAt ?? 0))
      .map((second) => ({ first, second })),
  );
}
