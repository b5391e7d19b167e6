import type { Request, Router } from 'express';
import { z } from 'zod';
import { unchangeable } from '../api-error.js';
import type { Conferences } from '../conferences.js';
import type { Conference, Participant, Recording } from '../model.js';
import { pageOf } from '../paging.js';
import type { Resources } from '../resources.js';
import { type Endpoint, form, found, PAGING, read, sentence, sidIn } from './endpoint.js';

// A documented filter that isn't here is refused rather than passed over.
const filter = z.strictObject({
  ...PAGING,
  Status: z.enum(['init', 'in-progress', 'completed']).optional(),
  FriendlyName: z.string().optional(),
});
const noFilter = z.strictObject(PAGING);
// PauseBehavior's default is that of SignalWire's OpenAPI document.
const recordingUpdate = z.object({
  Status: z.enum(['paused', 'in-progress', 'stopped']),
  PauseBehavior: z.enum(['skip', 'silence']).default('silence'),
});

/**
 * List and fetch conferences, their participants and their recordings; pause, resume and stop a recording.
 *
 * @param lagMs how far the list of participants is behind, in milliseconds
 */
export function addConferences(
  router: Router,
  endpoint: Endpoint,
  conferences: Conferences,
  resources: Resources,
  lagMs: () => number,
): void {
  const conferenceOf = (request: Request) => found(conferences.get(sidIn(request, 'conference')));
  const recordingOf = (request: Request, { recordings }: Conference) =>
    found(recordings.find(({ sid }) => sid === sidIn(request, 'recording')));

  const list = endpoint((request) => {
    const { Status, FriendlyName } = read(filter, request.query);
    const matching = conferences
      .all()
      .filter(({ status }) => Status === undefined || status === Status)
      .filter(({ name }) => FriendlyName === undefined || name === FriendlyName);
    return pageOf(request, 'conferences', matching, resources.conference);
  });

  const fetch = endpoint((request) => resources.conference(conferenceOf(request)));

  const listParticipants = endpoint((request) => {
    read(noFilter, request.query);
    const conference = conferenceOf(request);
    const show = (participant: Participant) => resources.participant(participant, conference);
    return pageOf(request, 'participants', conferences.participantsAt(conference, Date.now() - lagMs()), show);
  });

  const fetchParticipant = endpoint((request) => {
    const conference = conferenceOf(request);
    return resources.participant(found(conference.participants.get(sidIn(request, 'call'))), conference);
  });

  const listRecordings = endpoint((request) => {
    read(noFilter, request.query);
    const conference = conferenceOf(request);
    const show = (recording: Recording) => resources.recording(recording, conference);
    return pageOf(request, 'recordings', conference.recordings, show);
  });

  const fetchRecording = endpoint((request) => {
    const conference = conferenceOf(request);
    return resources.recording(recordingOf(request, conference), conference);
  });

  const updateRecording = endpoint((request) => {
    const conference = conferenceOf(request);
    const recording = recordingOf(request, conference);
    const update = recordingUpdate.safeParse(request.body ?? {});
    if (!update.success) throw unchangeable(...update.error.issues.map(sentence));
    const { Status, PauseBehavior } = update.data;
    if (!conferences.updateRecording(conference, recording, Status, PauseBehavior)) {
      throw unchangeable(`The recording is ${recording.status} and can't be changed`);
    }
    return resources.recording(recording, conference);
  });

  router.get('/:account/Conferences', list);
  router.get('/:account/Conferences/:conference', fetch);
  router.get('/:account/Conferences/:conference/Participants', listParticipants);
  router.get('/:account/Conferences/:conference/Participants/:call', fetchParticipant);
  router.get('/:account/Conferences/:conference/Recordings', listRecordings);
  router
    .route('/:account/Conferences/:conference/Recordings/:recording')
    .get(fetchRecording)
    .post(form, updateRecording);
}
