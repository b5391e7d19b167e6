import type { Request, Router } from 'express';
import { z } from 'zod';
import { createPage } from '../paging.js';
import {
  type EndpointContext,
  flag,
  NO_CONTENT,
  ok,
  PAGING,
  parse,
  pathSid,
  readForm,
  requireFound,
} from './endpoint.js';

const filter = z.strictObject({ ...PAGING, Muted: flag.optional(), Hold: flag.optional() });
// The other changes in SignalWire's OpenAPI document (announcements, coaching, music) aren't simulated, so they are refused.
const update = z.strictObject({ Muted: flag.optional(), Hold: flag.optional() });

/** Adds the endpoints that list, fetch, update and remove a conference's participants. */
export function addParticipantEndpoints(
  router: Router,
  { createHandler, model, views, representations }: EndpointContext,
): void {
  const sidsOf = (request: Request) => [pathSid(request, 'conference'), pathSid(request, 'call')] as const;

  const list = createHandler((request) => {
    const { Muted, Hold } = parse(filter, request.query);
    const items = requireFound(views.listParticipants(pathSid(request, 'conference')))
      .filter(({ participant }) => Muted === undefined || participant.muted === Muted)
      .filter((view) => Hold === undefined || view.hold === Hold)
      .map((view) => ({ ordinal: view.participant.ordinal, represent: () => representations.participant(view) }));
    return ok(createPage(request, 'participants', items));
  });

  const fetch = createHandler((request) =>
    ok(representations.participant(requireFound(views.findParticipant(...sidsOf(request))))),
  );

  const change = createHandler((request) => {
    const view = requireFound(views.findParticipantToUpdate(...sidsOf(request)));
    const { Muted: muted, Hold: hold } = parse(update, request.body);
    model.updateParticipant(view.conference, view.participant, {
      ...(muted !== undefined && { muted }),
      ...(hold !== undefined && { hold }),
    });
    return ok(representations.participant({ ...view, hold: hold ?? view.hold }));
  });

  const remove = createHandler((request) => {
    // In the LaML that the simulator supports, nothing follows the conference, so the call ends.
    model.endCall(requireFound(views.findParticipantToUpdate(...sidsOf(request))).participant.call);
    return NO_CONTENT;
  });

  router.get('/:account/Conferences/:conference/Participants', list);
  router.route('/:account/Conferences/:conference/Participants/:call').get(fetch).post(readForm, change).delete(remove);
}
