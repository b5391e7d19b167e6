import type { Request, Router } from 'express';
import { z } from 'zod';
import { pageOf } from '../paging.js';
import { flag, form, found, NO_CONTENT, ok, PAGING, type Parts, read, sidIn } from './endpoint.js';

const filter = z.strictObject({ ...PAGING, Muted: flag.optional(), Hold: flag.optional() });
// What else SignalWire's OpenAPI document lists (announcements, coaching, music) isn't simulated, so it's refused.
const update = z.strictObject({ Muted: flag.optional(), Hold: flag.optional() });

/** List, fetch, change and remove a conference's participants. */
export function addParticipants(router: Router, { endpoint, model, views, representations }: Parts): void {
  const pathOf = (request: Request) => [sidIn(request, 'conference'), sidIn(request, 'call')] as const;

  const list = endpoint((request) => {
    const { Muted, Hold } = read(filter, request.query);
    const items = found(views.listParticipants(sidIn(request, 'conference')))
      .filter(({ participant }) => Muted === undefined || participant.muted === Muted)
      .filter(({ participant }) => Hold === undefined || participant.hold === Hold)
      .map((shown) => ({ ordinal: shown.participant.ordinal, show: () => representations.participant(shown) }));
    return ok(pageOf(request, 'participants', items));
  });

  const fetch = endpoint((request) =>
    ok(representations.participant(found(views.findParticipant(...pathOf(request))))),
  );

  const change = endpoint((request) => {
    const shown = found(views.findParticipantToUpdate(...pathOf(request)));
    const { Muted: muted, Hold: hold } = read(update, request.body);
    model.updateParticipant(shown.conference, shown.participant, {
      ...(muted !== undefined && { muted }),
      ...(hold !== undefined && { hold }),
    });
    return ok(representations.participant(shown));
  });

  const remove = endpoint((request) => {
    // Nothing follows the conference in the LaML that the simulator knows, so the call is over, too.
    model.endCall(found(views.findParticipantToUpdate(...pathOf(request))).participant.call);
    return NO_CONTENT;
  });

  router.get('/:account/Conferences/:conference/Participants', list);
  router.route('/:account/Conferences/:conference/Participants/:call').get(fetch).post(form, change).delete(remove);
}
