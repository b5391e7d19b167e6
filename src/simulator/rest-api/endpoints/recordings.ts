import type { Request, Router } from 'express';
import { z } from 'zod';
import { documentedStatus, type Recording } from '../../model/resources.js';
import type { RecordingView } from '../../model/views.js';
import { recordingNotUpdated } from '../api-error.js';
import { createPage } from '../paging.js';
import {
  describeIssue,
  type EndpointContext,
  NO_CONTENT,
  ok,
  PAGING,
  parse,
  pathSid,
  readForm,
  requireFound,
} from './endpoint.js';
import { DAY_CREATED, isWithin, TIME_CREATED, toDay, toSecond } from './time-filters.js';

// SignalWire's OpenAPI document filters by days under a conference, and by times under the account.
const filter = z.strictObject({ ...PAGING, ...DAY_CREATED });
const accountFilter = z.strictObject({
  ...PAGING,
  ...TIME_CREATED,
  CallSid: z.string().optional(),
  ConferenceSid: z.string().optional(),
});
// Source of PauseBehavior's default: SignalWire's OpenAPI document.
const update = z.object({
  Status: z.enum(['paused', 'in-progress', 'stopped']),
  PauseBehavior: z.enum(['skip', 'silence']).default('silence'),
});

/**
 * Adds the endpoints that list, fetch and delete recordings, under their conference and under the account, and that pause,
 * resume and stop them under their conference.
 */
export function addRecordingEndpoints(
  router: Router,
  { createHandler, model, views, representations }: EndpointContext,
): void {
  const sidsOf = (request: Request) => [pathSid(request, 'conference'), pathSid(request, 'recording')] as const;
  const toItem = (parent: 'account' | 'conference') => (view: RecordingView) => ({
    ordinal: view.recording.ordinal,
    represent: () => representations.recording(view, parent),
  });

  const list = createHandler((request) => {
    const query = parse(filter, request.query);
    const matching = requireFound(views.listRecordings(pathSid(request, 'conference'))).filter(({ recording }) =>
      isWithin(toDay(recording.createdAt), query.DateCreated, query['DateCreated<'], query['DateCreated>']),
    );
    return ok(createPage(request, 'recordings', matching.map(toItem('conference'))));
  });

  const listUnderAccount = createHandler((request) => {
    const { CallSid, ConferenceSid, ...times } = parse(accountFilter, request.query);
    const isCreatedThen = ({ createdAt }: Recording) =>
      isWithin(toSecond(createdAt), times.DateCreated, times['DateCreated<'], times['DateCreated>']);
    const matching = views
      .listAccountRecordings()
      .filter(({ recording }) => isCreatedThen(recording))
      .filter(({ conference }) => ConferenceSid === undefined || isSame(conference.sid, ConferenceSid))
      // A conference's recording has no CallSid.
      .filter(() => CallSid === undefined);
    return ok(createPage(request, 'recordings', matching.map(toItem('account'))));
  });

  const fetch = createHandler((request) =>
    ok(representations.recording(requireFound(views.findRecording(...sidsOf(request))), 'conference')),
  );

  const fetchUnderAccount = createHandler((request) =>
    ok(representations.recording(requireFound(views.findAccountRecording(pathSid(request, 'recording'))), 'account')),
  );

  const change = createHandler((request) => {
    const { recording, conference } = requireFound(views.findRecordingToUpdate(...sidsOf(request)));
    const parsed = update.safeParse(request.body ?? {});
    if (!parsed.success) throw recordingNotUpdated(...parsed.error.issues.map(describeIssue));
    const { Status, PauseBehavior } = parsed.data;
    if (!model.updateRecording(conference, recording, Status, PauseBehavior)) {
      throw recordingNotUpdated(`The recording is ${documentedStatus(recording)} and can't be changed to ${Status}`);
    }
    const body = representations.recording(views.viewUpdatedRecording(recording, conference), 'conference');
    const status = Number(model.traits.updateAnswer);
    return status === 204 ? NO_CONTENT : { status, body };
  });

  const remove = createHandler((request) => {
    const { recording, conference } = requireFound(views.findRecordingToUpdate(...sidsOf(request)));
    model.deleteRecording(conference, recording);
    return NO_CONTENT;
  });

  const removeUnderAccount = createHandler((request) => {
    const sid = pathSid(request, 'recording');
    const conference = requireFound(
      [...model.conferences.values()].find(({ recordings }) => recordings.some((one) => isSame(one.sid, sid))),
    );
    for (const one of conference.recordings) if (isSame(one.sid, sid)) model.deleteRecording(conference, one);
    return NO_CONTENT;
  });

  router.get('/:account/Conferences/:conference/Recordings', list);
  router
    .route('/:account/Conferences/:conference/Recordings/:recording')
    .get(fetch)
    .post(readForm, change)
    .delete(remove);
  router.get('/:account/Recordings', listUnderAccount);
  router.route('/:account/Recordings/:recording').get(fetchUnderAccount).delete(removeUnderAccount);
}

function isSame(sid: string, other: string): boolean {
  return sid.toLowerCase() === other.toLowerCase();
}
