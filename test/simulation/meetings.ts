import type { Dimensions } from './dimensions.js';
import type { Person } from './people.js';

/** Says of each two callers without a room who were in at once, by the same copy, that they didn't meet. */
export function checkMeetings(people: Person[], _dimensions: Dimensions): string[] {
  const sentences: string[] = [];
  const callers = people.filter(({ asksFor, cameAt }) => asksFor === undefined && cameAt !== undefined);
  for (const [index, one] of callers.entries()) {
    for (const other of callers.slice(index + 1)) {
      const overlap = (one.leftAt ?? Number.POSITIVE_INFINITY) > (other.cameAt ?? 0);
      if (!overlap || one.copy !== other.copy || one.conference === other.conference) continue;
      sentences.push(`${one.letter} and ${other.letter} did not meet: ${one.conference} and ${other.conference}.`);
    }
  }
  return sentences;
}
