import type { Router } from 'express';
import { z } from 'zod';
import type { Conference } from '../../model/resources.js';
import { current } from '../../model/timeline.js';
import { unprocessable } from '../api-error.js';
import { createPage } from '../paging.js';
import { type EndpointContext, ok, PAGING, parse, pathSid, readForm, requireFound } from './endpoint.js';
import { DAY_CREATED, DAY_UPDATED, isWithin, toDay } from './time-filters.js';

// Other filters are refused rather than ignored.
const filter = z.strictObject({
  ...PAGING,
  Status: z.enum(['init', 'in-progress', 'completed']).optional(),
  FriendlyName: z.string().max(64).optional(),
  ...DAY_CREATED,
  ...DAY_UPDATED,
});
// Announcements to the participants aren't simulated, so they are refused.
const update = z.strictObject({ Status: z.literal('completed') });

/** Adds the endpoints that list, fetch and end conferences. */
export function addConferenceEndpoints(
  router: Router,
  { createHandler, model, views, representations }: EndpointContext,
): void {
  const list = createHandler((request) => {
    const { Status, FriendlyName, ...days } = parse(filter, request.query);
    if (Status === 'init' && model.traits.initFilter === 'refused') throw unprocessable('Status init is not supported');
    const items = views
      .listConferences(Status)
      .filter(({ conference }) => FriendlyName === undefined || conference.name === FriendlyName)
      .filter(({ conference }) => isOnDays(conference, days))
      .map((view) => ({ ordinal: view.conference.ordinal, represent: () => representations.conference(view) }));
    return ok(createPage(request, 'conferences', items));
  });

  const fetch = createHandler((request) =>
    ok(representations.conference(requireFound(views.findConference(pathSid(request, 'conference'))))),
  );

  const end = createHandler((request) => {
    const conference = requireFound(views.findConferenceToUpdate(pathSid(request, 'conference')));
    parse(update, request.body);
    if (current(conference.status) === 'completed' && model.traits.redundantUpdate === '422') {
      throw unprocessable('The conference is completed already');
    }
    model.endConference(conference);
    return ok(representations.conference({ conference, status: 'completed' }));
  });

  router.get('/:account/Conferences', list);
  router.route('/:account/Conferences/:conference').get(fetch).post(readForm, end);
}

type Days = Partial<z.output<typeof filter>>;

function isOnDays({ createdAt, updatedAt }: Conference, days: Days): boolean {
  return (
    isWithin(toDay(createdAt), days.DateCreated, days['DateCreated<'], days['DateCreated>']) &&
    isWithin(toDay(updatedAt), days.DateUpdated, days['DateUpdated<'], days['DateUpdated>'])
  );
}
