import {
  activeParticipantsAt,
  type Call,
  type CallStatus,
  type Conference,
  haveTwoMetBy,
  isResumedAt,
  type Participant,
  type Recording,
} from './resources.js';
import type { SpaceModel } from './space-model.js';
import { current, valueAt } from './timeline.js';

/**
 * What the REST API shows of a space. The traits decide how far it lags, which status it shows, and what it doesn't show. Where
 * a method returns undefined, the REST API answers 404.
 */
export interface Views {
  /** The list of conferences of that status, or of all conferences. */
  listConferences(status?: ConferenceStatus): ConferenceView[];
  findConference(sid: string): ConferenceView | undefined;
  listParticipants(conferenceSid: string): ParticipantView[] | undefined;
  findParticipant(conferenceSid: string, callSid: string): ParticipantView | undefined;
  /** The list of a conference's recordings, newest first. */
  listRecordings(conferenceSid: string): RecordingView[] | undefined;
  /** The list of all recordings of the account, newest first. */
  listAccountRecordings(): RecordingView[];
  /** A recording, read under its conference. */
  findRecording(conferenceSid: string, sid: string): RecordingView | undefined;
  /** A recording, read under the account. */
  findAccountRecording(sid: string): RecordingView | undefined;
  /** The recording that an update changes. Unlike reads, updates don't lag. */
  findRecordingToUpdate(
    conferenceSid: string,
    sid: string,
  ): { recording: Recording; conference: Conference } | undefined;
  /** The conference that an update changes, without lag. */
  findConferenceToUpdate(sid: string): Conference | undefined;
  /** The participant that an update changes, without lag. */
  findParticipantToUpdate(conferenceSid: string, callSid: string): ParticipantView | undefined;
  /** A recording in the answer to its update, without lag. */
  viewUpdatedRecording(recording: Recording, conference: Conference): RecordingView;
  listCalls(): CallView[];
  findCall(sid: string): CallView | undefined;
}

export type ConferenceStatus = 'init' | 'in-progress' | 'completed';

export interface ConferenceView {
  conference: Conference;
  status: ConferenceStatus;
}

export interface ParticipantView {
  participant: Participant;
  conference: Conference;
  /** Undefined if the REST API omits it. */
  status: string | undefined;
  hold: boolean;
}

export interface RecordingView {
  recording: Recording;
  conference: Conference;
  status: string;
}

export interface CallView {
  call: Call;
  status: CallStatus;
}

export function createViews(model: SpaceModel): Views {
  const { traits } = model;
  /** The time in the past that lists show (ms since 1970). */
  const listTime = () => model.now() - traits.listLagMs;
  /** The time in the past that single reads show (ms since 1970). */
  const readTime = () => model.now() - traits.readLagMs;
  const newestFirst = (a: Recording, b: Recording) => b.ordinal - a.ordinal;

  /** A conference's status if the view is of that time; undefined if the REST API doesn't know the conference. */
  function statusAt(conference: Conference, at: number): ConferenceStatus | undefined {
    const status = valueAt(conference.status, at);
    if (status === undefined || at - conference.createdAt < traits.unknownMs) return undefined;
    if (status === 'completed') return traits.endedReads === '404' ? undefined : status;
    if (traits.alone === '404' && !haveTwoMetBy(conference, at)) return undefined;
    return status === 'waiting' && traits.alone !== '404' ? traits.alone : 'in-progress';
  }

  /** The conference if the REST API knows it in a view of that time. */
  function findKnown(sid: string, at: number): Conference | undefined {
    const conference = model.conferences.get(sid.toLowerCase());
    return conference && statusAt(conference, at) !== undefined ? conference : undefined;
  }

  function viewRecording(recording: Recording, conference: Conference, at: number): RecordingView | undefined {
    const status = valueAt(recording.status, at);
    if (status === undefined) return undefined;
    if (status === 'paused') return { recording, conference, status: traits.pausedReads };
    if (!isResumedAt(recording, at)) return { recording, conference, status };
    const { resumedReads, resumedLateMs } = traits;
    const resumedAt = recording.status.findLast((entry) => entry.at <= at)?.at ?? at;
    if (resumedReads !== 'paused') return { recording, conference, status: resumedReads };
    const isLate = at - resumedAt < resumedLateMs;
    return { recording, conference, status: isLate ? traits.pausedReads : 'resumed' };
  }

  /** The participants who are in the conference, then those who have left and are still listed. */
  function participantsAt(conferenceSid: string, at: number): ParticipantView[] | undefined {
    const conference = findKnown(conferenceSid, at);
    if (!conference) return undefined;
    const status = traits.participantStatus === 'none' ? undefined : traits.participantStatus;
    const view = (participant: Participant, shown: string | undefined) => {
      const hold = valueAt(participant.hold, at) ?? false;
      return { participant, conference, status: shown, hold };
    };
    const active = activeParticipantsAt(conference, at).map((participant) => view(participant, status));
    const left = conference.participants.filter(
      ({ leftAt }) => leftAt !== undefined && leftAt <= at && at - leftAt < traits.leftListedMs,
    );
    return [...active, ...left.map((participant) => view(participant, 'completed'))];
  }

  const hasCallSid = (callSid: string) => {
    const wanted = callSid.toLowerCase();
    return ({ participant }: ParticipantView) => participant.call.sid.toLowerCase() === wanted;
  };

  function accountRecordings(): { recording: Recording; conference: Conference }[] {
    const conferences = [...model.conferences.values()];
    return conferences.flatMap((conference) => conference.recordings.map((recording) => ({ recording, conference })));
  }

  function findAmong(recordings: { recording: Recording; conference: Conference }[], sid: string) {
    const wanted = sid.toLowerCase();
    const found = recordings.find(({ recording }) => recording.sid.toLowerCase() === wanted);
    return found && viewRecording(found.recording, found.conference, readTime());
  }

  return {
    listConferences(wanted) {
      return [...model.conferences.values()].flatMap((conference) => {
        const status = statusAt(conference, listTime());
        return status !== undefined && (wanted === undefined || wanted === status) ? [{ conference, status }] : [];
      });
    },

    findConference(sid) {
      const conference = findKnown(sid, readTime());
      const status = conference && statusAt(conference, readTime());
      return conference && status && { conference, status };
    },

    listParticipants: (conferenceSid) => participantsAt(conferenceSid, listTime()),

    findParticipant: (conferenceSid, callSid) => participantsAt(conferenceSid, readTime())?.find(hasCallSid(callSid)),

    listRecordings(conferenceSid) {
      const at = listTime();
      const conference = findKnown(conferenceSid, at);
      if (!conference) return undefined;
      if (!traits.recordingsListed) return [];
      return conference.recordings
        .toSorted(newestFirst)
        .map((recording) => viewRecording(recording, conference, at))
        .filter((view) => view !== undefined);
    },

    listAccountRecordings() {
      if (!traits.recordingsListed) return [];
      return accountRecordings()
        .toSorted((a, b) => newestFirst(a.recording, b.recording))
        .map(({ recording, conference }) => viewRecording(recording, conference, listTime()))
        .filter((view) => view !== undefined);
    },

    findRecording(conferenceSid, sid) {
      const conference = findKnown(conferenceSid, readTime());
      if (!conference || !traits.recordingsFetchable) return undefined;
      const recordings = conference.recordings.map((recording) => ({ recording, conference }));
      return findAmong(recordings, sid);
    },

    findAccountRecording: (sid) => findAmong(accountRecordings(), sid),

    findRecordingToUpdate(conferenceSid, sid) {
      const conference = findKnown(conferenceSid, model.now());
      const recording = conference?.recordings.find((one) => one.sid.toLowerCase() === sid.toLowerCase());
      return conference && recording && { recording, conference };
    },

    findConferenceToUpdate: (sid) => findKnown(sid, model.now()),

    findParticipantToUpdate: (conferenceSid, callSid) =>
      participantsAt(conferenceSid, model.now())
        ?.filter(({ participant }) => participant.leftAt === undefined)
        .find(hasCallSid(callSid)),

    viewUpdatedRecording: (recording, conference) =>
      viewRecording(recording, conference, model.now()) ?? {
        recording,
        conference,
        status: current(recording.status),
      },

    listCalls() {
      return [...model.calls.values()].flatMap((call) => {
        const status = valueAt(call.status, listTime());
        return status === undefined ? [] : [{ call, status }];
      });
    },

    findCall(sid) {
      const call = model.calls.get(sid.toLowerCase());
      const status = call && valueAt(call.status, readTime());
      return call && status && { call, status };
    },
  };
}
