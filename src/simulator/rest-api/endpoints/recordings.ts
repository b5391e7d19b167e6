import type { Request, Router } from 'express';
import { z } from 'zod';
import { documentedStatus, type Recording } from '../../model/resources.js';
import type { ShownRecording } from '../../model/views.js';
import { unchangeable } from '../api-error.js';
import { pageOf } from '../paging.js';
import { form, found, NO_CONTENT, ok, PAGING, type Parts, read, sentence, sidIn } from './endpoint.js';
import { DAY_CREATED, dayOf, isWithin, secondOf, TIME_CREATED } from './time-filters.js';

// The document has days under a conference, and times under the account.
const filter = z.strictObject({ ...PAGING, ...DAY_CREATED });
const accountFilter = z.strictObject({
  ...PAGING,
  ...TIME_CREATED,
  CallSid: z.string().optional(),
  ConferenceSid: z.string().optional(),
});
// PauseBehavior's default is that of SignalWire's OpenAPI document.
const update = z.object({
  Status: z.enum(['paused', 'in-progress', 'stopped']),
  PauseBehavior: z.enum(['skip', 'silence']).default('silence'),
});

/**
 * List, fetch and delete recordings, under their conference and under the account; pause, resume and stop them under their
 * conference. Unlike SignalWire's, `/Recordings/{Sid}` without `.json` is the metadata as well: there is no audio.
 */
export function addRecordings(router: Router, { endpoint, model, views, representations }: Parts): void {
  const pathOf = (request: Request) => [sidIn(request, 'conference'), sidIn(request, 'recording')] as const;
  const itemOf = (parent: 'account' | 'conference') => (shown: ShownRecording) => ({
    ordinal: shown.recording.ordinal,
    show: () => representations.recording(shown, parent),
  });

  const list = endpoint((request) => {
    const asked = read(filter, request.query);
    const matching = found(views.listRecordings(sidIn(request, 'conference'))).filter(({ recording }) =>
      isWithin(dayOf(recording.createdAt), asked.DateCreated, asked['DateCreated<'], asked['DateCreated>']),
    );
    return ok(pageOf(request, 'recordings', matching.map(itemOf('conference'))));
  });

  const listAll = endpoint((request) => {
    const { CallSid, ConferenceSid, ...times } = read(accountFilter, request.query);
    const isMade = ({ createdAt }: Recording) =>
      isWithin(secondOf(createdAt), times.DateCreated, times['DateCreated<'], times['DateCreated>']);
    const matching = views
      .listAllRecordings()
      .filter(({ recording }) => isMade(recording))
      .filter(({ conference }) => ConferenceSid === undefined || isSame(conference.sid, ConferenceSid))
      // A conference's recording has no CallSid.
      .filter(() => CallSid === undefined);
    return ok(pageOf(request, 'recordings', matching.map(itemOf('account'))));
  });

  const fetch = endpoint((request) =>
    ok(representations.recording(found(views.findRecording(...pathOf(request))), 'conference')),
  );

  const fetchAny = endpoint((request) =>
    ok(representations.recording(found(views.findAnyRecording(sidIn(request, 'recording'))), 'account')),
  );

  const change = endpoint((request) => {
    const { recording, conference } = found(views.findToUpdate(...pathOf(request)));
    const asked = update.safeParse(request.body ?? {});
    if (!asked.success) throw unchangeable(...asked.error.issues.map(sentence));
    const { Status, PauseBehavior } = asked.data;
    if (!model.updateRecording(conference, recording, Status, PauseBehavior)) {
      throw unchangeable(`The recording is ${documentedStatus(recording)} and can't be changed to ${Status}`);
    }
    const body = representations.recording(views.showUpdated(recording, conference), 'conference');
    const status = Number(model.traits.updateAnswer);
    return status === 204 ? NO_CONTENT : { status, body };
  });

  const remove = endpoint((request) => {
    const { recording, conference } = found(views.findToUpdate(...pathOf(request)));
    model.deleteRecording(conference, recording);
    return NO_CONTENT;
  });

  const removeAny = endpoint((request) => {
    const sid = sidIn(request, 'recording');
    const conference = found(
      [...model.conferences.values()].find(({ recordings }) => recordings.some((one) => isSame(one.sid, sid))),
    );
    for (const one of conference.recordings) if (isSame(one.sid, sid)) model.deleteRecording(conference, one);
    return NO_CONTENT;
  });

  router.get('/:account/Conferences/:conference/Recordings', list);
  router.route('/:account/Conferences/:conference/Recordings/:recording').get(fetch).post(form, change).delete(remove);
  router.get('/:account/Recordings', listAll);
  router.route('/:account/Recordings/:recording').get(fetchAny).delete(removeAny);
}

function isSame(sid: string, other: string): boolean {
  return sid.toLowerCase() === other.toLowerCase();
}
