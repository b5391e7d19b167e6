import {
  type Call,
  type CallStatus,
  type Conference,
  isResumedAt,
  type Participant,
  peopleInAt,
  type Recording,
} from './resources.js';
import type { SpaceModel } from './space-model.js';
import { current, valueAt } from './timeline.js';

/** What the REST API shows of a space, with its traits: lags, words, and what it doesn't show. */
export interface Views {
  /** Conferences as a list has them, those whose status is asked for. */
  listConferences(status?: ConferenceStatus): { conference: Conference; status: ConferenceStatus }[];
  /** A conference and its status as a read of it alone has them; undefined for 404. */
  findConference(sid: string): { conference: Conference; status: ConferenceStatus } | undefined;
  /** The participants as their list has them; undefined for 404. */
  listParticipants(conferenceSid: string): ShownParticipant[] | undefined;
  /** A participant as a read of them alone has them; undefined for 404. */
  findParticipant(conferenceSid: string, callSid: string): ShownParticipant | undefined;
  /** A conference's recordings as their list has them, newest first; undefined for 404. */
  listRecordings(conferenceSid: string): ShownRecording[] | undefined;
  /** All recordings of the account as their list has them, newest first. */
  listAllRecordings(): ShownRecording[];
  /** A recording as a read of it under its conference has it; undefined for 404. */
  findRecording(conferenceSid: string, sid: string): ShownRecording | undefined;
  /** A recording as a read of it under the account has it; undefined for 404. */
  findAnyRecording(sid: string): ShownRecording | undefined;
  /** What a change reaches, without any lag; undefined for 404. A recording is reached under its conference. */
  findToUpdate(conferenceSid: string, sid: string): { recording: Recording; conference: Conference } | undefined;
  findConferenceToUpdate(sid: string): Conference | undefined;
  findParticipantToUpdate(conferenceSid: string, callSid: string): ShownParticipant | undefined;
  /** A recording as the answer to its update has it, without any lag. */
  showUpdated(recording: Recording, conference: Conference): ShownRecording;
  /** Calls as their list has them. */
  listCalls(): { call: Call; status: CallStatus }[];
  /** A call and its status as a read of it alone has them; undefined for 404. */
  findCall(sid: string): { call: Call; status: CallStatus } | undefined;
}

export type ConferenceStatus = 'init' | 'in-progress' | 'completed';

export interface ShownParticipant {
  participant: Participant;
  conference: Conference;
  /** In SignalWire's word; undefined where it says none. */
  status: string | undefined;
}

export interface ShownRecording {
  recording: Recording;
  conference: Conference;
  /** In SignalWire's word. */
  status: string;
}

export function createViews(model: SpaceModel): Views {
  const { traits } = model;
  const inLists = () => model.now() - traits.listLagMs;
  const inReads = () => model.now() - traits.readLagMs;
  const byAge = (a: Recording, b: Recording) => b.ordinal - a.ordinal;

  /** How a conference reads, by what it was at that time; undefined where the API doesn't know it. */
  function statusAt(conference: Conference, at: number): ConferenceStatus | undefined {
    const status = valueAt(conference.status, at);
    if (status === undefined || at - conference.createdAt < traits.unknownMs) return undefined;
    if (status === 'completed') return traits.endedReads === '404' ? undefined : status;
    if (traits.alone === '404' && !hasBeenTwoAt(conference, at)) return undefined;
    return status === 'waiting' && traits.alone !== '404' ? traits.alone : 'in-progress';
  }

  /** The conference that a path below it leads to. */
  function known(sid: string, at: number): Conference | undefined {
    const conference = model.conferences.get(sid.toLowerCase());
    return conference && statusAt(conference, at) !== undefined ? conference : undefined;
  }

  function show(recording: Recording, conference: Conference, at: number): ShownRecording | undefined {
    const status = valueAt(recording.status, at);
    if (status === undefined) return undefined;
    if (status === 'paused') return { recording, conference, status: traits.pausedReads };
    if (!isResumedAt(recording, at)) return { recording, conference, status };
    const { resumedReads, resumedLateMs } = traits;
    const resumedAt = recording.status.findLast((entry) => entry.at <= at)?.at ?? at;
    if (resumedReads !== 'paused') return { recording, conference, status: resumedReads };
    // While it still reads as it did before the resume.
    const isLate = at - resumedAt < resumedLateMs;
    return { recording, conference, status: isLate ? traits.pausedReads : 'resumed' };
  }

  /** Those who are in, and those who left a moment ago. */
  function participantsAt(conferenceSid: string, at: number): ShownParticipant[] | undefined {
    const conference = known(conferenceSid, at);
    if (!conference) return undefined;
    const status = traits.participantStatus === 'none' ? undefined : traits.participantStatus;
    const people = peopleInAt(conference, at).map((participant) => ({ participant, conference, status }));
    const left = conference.participants.filter(
      ({ leftAt }) => leftAt !== undefined && leftAt <= at && at - leftAt < traits.leftListedMs,
    );
    return [...people, ...left.map((participant) => ({ participant, conference, status: 'completed' }))];
  }

  const ofCall = (callSid: string) => {
    const wanted = callSid.toLowerCase();
    return ({ participant }: ShownParticipant) => participant.call.sid.toLowerCase() === wanted;
  };

  function allRecordings(): { recording: Recording; conference: Conference }[] {
    const conferences = [...model.conferences.values()];
    return conferences.flatMap((conference) => conference.recordings.map((recording) => ({ recording, conference })));
  }

  function find(sid: string, recordings: { recording: Recording; conference: Conference }[]) {
    const wanted = sid.toLowerCase();
    const found = recordings.find(({ recording }) => recording.sid.toLowerCase() === wanted);
    return found && show(found.recording, found.conference, inReads());
  }

  return {
    listConferences(asked) {
      return [...model.conferences.values()].flatMap((conference) => {
        const status = statusAt(conference, inLists());
        return status !== undefined && (asked === undefined || asked === status) ? [{ conference, status }] : [];
      });
    },

    findConference(sid) {
      const conference = known(sid, inReads());
      const status = conference && statusAt(conference, inReads());
      return conference && status && { conference, status };
    },

    listParticipants: (conferenceSid) => participantsAt(conferenceSid, inLists()),

    findParticipant: (conferenceSid, callSid) => participantsAt(conferenceSid, inReads())?.find(ofCall(callSid)),

    listRecordings(conferenceSid) {
      const at = inLists();
      const conference = known(conferenceSid, at);
      if (!conference) return undefined;
      if (!traits.recordingsListed) return [];
      const shown = conference.recordings.toSorted(byAge).map((recording) => show(recording, conference, at));
      return shown.filter((one) => one !== undefined);
    },

    listAllRecordings() {
      if (!traits.recordingsListed) return [];
      const sorted = allRecordings().toSorted((a, b) => byAge(a.recording, b.recording));
      return sorted
        .map(({ recording, conference }) => show(recording, conference, inLists()))
        .filter((one) => one !== undefined);
    },

    findRecording(conferenceSid, sid) {
      const conference = known(conferenceSid, inReads());
      if (!conference || !traits.recordingsFetchable) return undefined;
      return find(
        sid,
        conference.recordings.map((recording) => ({ recording, conference })),
      );
    },

    findAnyRecording: (sid) => find(sid, allRecordings()),

    findToUpdate(conferenceSid, sid) {
      const conference = known(conferenceSid, model.now());
      const recording = conference?.recordings.find((one) => one.sid.toLowerCase() === sid.toLowerCase());
      return conference && recording && { recording, conference };
    },

    findConferenceToUpdate: (sid) => known(sid, model.now()),

    findParticipantToUpdate: (conferenceSid, callSid) =>
      participantsAt(conferenceSid, model.now())
        ?.filter(({ participant }) => participant.leftAt === undefined)
        .find(ofCall(callSid)),

    showUpdated: (recording, conference) =>
      show(recording, conference, model.now()) ?? { recording, conference, status: current(recording.status) },

    listCalls() {
      return [...model.calls.values()].flatMap((call) => {
        const status = valueAt(call.status, inLists());
        return status === undefined ? [] : [{ call, status }];
      });
    },

    findCall(sid) {
      const call = model.calls.get(sid.toLowerCase());
      const status = call && valueAt(call.status, inReads());
      return call && status && { call, status };
    },
  };
}

/** Whether two people had been in at once by then. */
function hasBeenTwoAt({ participants }: Conference, at: number): boolean {
  const came = participants.filter(({ createdAt }) => createdAt <= at);
  return came.some((one) =>
    came.some((other) => other !== one && other.createdAt >= one.createdAt && (one.leftAt ?? at + 1) > other.createdAt),
  );
}
