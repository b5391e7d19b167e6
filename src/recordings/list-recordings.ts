import PQueue from 'p-queue';
import type { Settings } from '../settings/settings.js';
import { recordingUrl } from '../signalwire/recording-url.js';
import type { AccountRecording, ConferenceSummary, RecordingSpace } from '../signalwire/space.js';

/** A recording that is over and has audio, of a conference that is over and is ours. */
export interface FinishedRecording {
  sid: string;
  conferenceSid: string;
  /** The conference's name. */
  conference: string;
  /** The name without CONFERENCE_PREFIX. */
  room: string;
  /** When it began: ms since 1970, in whole seconds; 0 if SignalWire's date can't be read. */
  createdAt: number;
  /** The length of the audio; undefined if SignalWire doesn't say. */
  seconds: number | undefined;
  /** As SignalWire names it. */
  status: string;
  /** Where the audio is. Anyone who knows it can listen. */
  url: string;
}

export interface RecordingList {
  /** Newest first. */
  recordings: FinishedRecording[];
  /** How many recordings belong to conferences that SignalWire doesn't know (any more), so that nobody can say whose they are. */
  unknownConferences: number;
  /** How many of ours belong to conferences that aren't over. */
  unfinished: number;
}

export interface ListOptions {
  /** Leaves out recordings that began before (ms since 1970). */
  since?: number | undefined;
  /** Leaves out the others before their conferences are looked up. */
  isWanted?: (recordingSid: string) => boolean;
}

/** The statuses of a recording that is over and has audio. That a recording which somebody stopped has some is assumed. */
const WITH_AUDIO = ['completed', 'stopped'];

/** The statuses of a conference that isn't over. Source: SignalWire's OpenAPI document. */
const UNFINISHED = ['init', 'in-progress'];

/** A conference begins before its recording, perhaps on an earlier day, and the time zone of a day isn't documented. */
const MARGIN_MS = 2 * 24 * 60 * 60 * 1000;

/** How many conferences are fetched at the same time. */
const CONCURRENCY = 8;

/**
 * Lists the finished recordings of our conferences, which are those whose name begins with CONFERENCE_PREFIX. It takes a request
 * for each thousand recordings, one for each thousand conferences, and one for each conference that the list lacks.
 *
 * A recording counts as finished only when its conference is over, because no document says that a paused recording never reads
 * `completed`.
 *
 * @throws SpaceError
 */
export async function listFinishedRecordings(
  space: RecordingSpace,
  settings: Pick<Settings, 'spaceUrl' | 'projectId' | 'conferencePrefix'>,
  { since, isWanted = () => true }: ListOptions = {},
): Promise<RecordingList> {
  const listed = (await space.listAccountRecordings(since)).flatMap((recording) => {
    const { sid, conferenceSid, status } = recording;
    return conferenceSid !== undefined && WITH_AUDIO.includes(status) && isWanted(sid)
      ? [{ ...recording, conferenceSid }]
      : [];
  });
  const conferences = await findConferences(space, listed);

  const list: RecordingList = { recordings: [], unknownConferences: 0, unfinished: 0 };
  for (const recording of listed) {
    const conference = conferences.get(recording.conferenceSid.toLowerCase());
    if (!conference) {
      list.unknownConferences += 1;
    } else if (conference.name.startsWith(settings.conferencePrefix)) {
      if (UNFINISHED.includes(conference.status ?? '')) list.unfinished += 1;
      else list.recordings.push(toFinishedRecording(recording, conference, settings));
    }
  }
  return list;
}

type ConferenceRecording = AccountRecording & { conferenceSid: string };

/** The conferences of recordings, by SID in lower case. SignalWire doesn't know those that are missing. */
async function findConferences(
  space: RecordingSpace,
  recordings: ConferenceRecording[],
): Promise<Map<string, ConferenceSummary>> {
  if (recordings.length === 0) return new Map();
  const oldest = Math.min(...recordings.map(({ createdAt }) => createdAt));
  const listed = await space.listConferencesAfter(Math.max(0, oldest - MARGIN_MS));
  const found = new Map(listed.map((conference) => [conference.sid.toLowerCase(), conference]));

  const wanted = new Map(recordings.map(({ conferenceSid }) => [conferenceSid.toLowerCase(), conferenceSid]));
  const fetchMissing = [...wanted]
    .filter(([key]) => !found.has(key))
    .map(([key, sid]) => async () => {
      const conference = await space.fetchConference(sid);
      if (conference) found.set(key, conference);
    });
  await new PQueue({ concurrency: CONCURRENCY }).addAll(fetchMissing);
  return found;
}

function toFinishedRecording(
  { sid, conferenceSid, createdAt, seconds, status }: ConferenceRecording,
  { name }: ConferenceSummary,
  { spaceUrl, projectId, conferencePrefix }: Pick<Settings, 'spaceUrl' | 'projectId' | 'conferencePrefix'>,
): FinishedRecording {
  const room = name.slice(conferencePrefix.length);
  const url = recordingUrl(spaceUrl, projectId, sid);
  return { sid, conferenceSid, conference: name, room, createdAt, seconds, status, url };
}
