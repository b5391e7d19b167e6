import type { Course } from '../course.js';
import { FILTERS, firstShown, inUntil, isKnown, joinedAt, type Observations, readsOf } from '../observations.js';
import type { Question } from './finding.js';
import { isWithin, ok, unknown, wrong } from './results.js';

/** What a conference looks like while one person waits in it, and when its recording begins. */
export const WAITING_ALONE = {
  alone: {
    what: 'a conference with one person in it reads',
    assumes: 'anything, also 404',
    answer: ({ seen, course: { first, second }, readLag }) => {
      if (!first) return unknown();
      const until = second?.placedAt ?? inUntil(seen, first);
      const samples = [seen.conference, ...FILTERS.map((filter) => seen.conferences[filter])].flat();
      const shown = samples.findLast(({ answeredAt, value }) => answeredAt < until && value !== undefined);
      if (shown) return ok(String(shown.value));
      if (!second) return unknown();
      // A conference that isn't known until two are in must be known then. Otherwise it may only be new.
      const afterJoin = firstShown(seen.conference, joinedAt(seen, second), isKnown);
      const isNew = !isWithin(afterJoin, (readLag?.atMostMs ?? 0) + 2000);
      if (isNew) return unknown('404', 'It was unknown for so long that it may only have been new.');
      const hasBegun = begins({ seen, course: { second } }) === 'first';
      return hasBegun
        ? wrong('404', 'its recording can be neither read nor changed while one person waits')
        : ok('404');
    },
  },
  aloneListed: {
    what: 'a conference with one person in it is listed by Status',
    assumes: 'any or none',
    answer: ({ seen, course: { first, second } }) => {
      if (!first) return unknown();
      const until = second?.placedAt ?? inUntil(seen, first);
      const filters = FILTERS.filter((filter) =>
        seen.conferences[filter].some(({ answeredAt, value }) => answeredAt < until && value !== undefined),
      );
      return ok(filters.map((filter) => (filter === 'none' ? '(no filter)' : filter)).join(', ') || 'none');
    },
  },
  initFilter: {
    what: 'Status=init as a filter is',
    assumes: 'accepted or refused',
    answer: ({ seen }) => {
      const last = seen.conferences.init.at(-1);
      if (!last) return unknown();
      return ok(last.http === 200 ? 'accepted' : 'refused', `It answers ${last.http}.`);
    },
  },
  begins: {
    what: 'a recording begins with',
    assumes: 'the first or second person',
    answer: ({ seen, course }) => {
      const person = begins({ seen, course });
      return person === undefined ? unknown() : ok(person);
    },
  },
} satisfies Record<string, Question>;

function begins({ seen, course: { second } }: { seen: Observations; course: Pick<Course, 'second'> }) {
  const created = seen.recording.find(isKnown)?.value.createdAt;
  // Both by SignalWire's clock.
  const called = second && readsOf(seen, second).find(isKnown)?.value.createdAt;
  if (created === undefined || called === undefined) return undefined;
  return created < called ? 'first' : 'second';
}
