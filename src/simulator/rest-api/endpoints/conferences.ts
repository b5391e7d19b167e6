import type { Router } from 'express';
import { z } from 'zod';
import type { Conference } from '../../model/resources.js';
import { current } from '../../model/timeline.js';
import { unprocessable } from '../api-error.js';
import { pageOf } from '../paging.js';
import { form, found, ok, PAGING, type Parts, read, sidIn } from './endpoint.js';
import { DAY_CREATED, DAY_UPDATED, dayOf, isWithin } from './time-filters.js';

// A filter that isn't here is refused rather than passed over.
const filter = z.strictObject({
  ...PAGING,
  Status: z.enum(['init', 'in-progress', 'completed']).optional(),
  FriendlyName: z.string().max(64).optional(),
  ...DAY_CREATED,
  ...DAY_UPDATED,
});
// What is announced to the participants isn't simulated, so it's refused.
const update = z.strictObject({ Status: z.literal('completed') });

/** List, fetch and end conferences. */
export function addConferences(router: Router, { endpoint, model, views, representations }: Parts): void {
  const list = endpoint((request) => {
    const { Status, FriendlyName, ...days } = read(filter, request.query);
    if (Status === 'init' && model.traits.initFilter === 'refused') throw unprocessable('Status init is not supported');
    const items = views
      .listConferences(Status)
      .filter(({ conference }) => FriendlyName === undefined || conference.name === FriendlyName)
      .filter(({ conference }) => isOnDays(conference, days))
      .map((shown) => ({ ordinal: shown.conference.ordinal, show: () => representations.conference(shown) }));
    return ok(pageOf(request, 'conferences', items));
  });

  const fetch = endpoint((request) =>
    ok(representations.conference(found(views.findConference(sidIn(request, 'conference'))))),
  );

  const end = endpoint((request) => {
    const conference = found(views.findConferenceToUpdate(sidIn(request, 'conference')));
    read(update, request.body);
    if (current(conference.status) === 'completed' && model.traits.redundantUpdate === '422') {
      throw unprocessable('The conference is completed already');
    }
    model.endConference(conference);
    return ok(representations.conference({ conference, status: 'completed' }));
  });

  router.get('/:account/Conferences', list);
  router.route('/:account/Conferences/:conference').get(fetch).post(form, end);
}

type Days = Partial<z.output<typeof filter>>;

function isOnDays({ createdAt, updatedAt }: Conference, days: Days): boolean {
  return (
    isWithin(dayOf(createdAt), days.DateCreated, days['DateCreated<'], days['DateCreated>']) &&
    isWithin(dayOf(updatedAt), days.DateUpdated, days['DateUpdated<'], days['DateUpdated>'])
  );
}
