import { PARTICIPANTS, parseAnswer, RECORDING } from './answers.js';
import type { HttpClient } from './http-client.js';
import { PAGE_SIZE } from './pages.js';
import type { Credentials } from './sdk-client.js';
import type { Participant } from './space.js';

/**
 * The two reads that nine in ten requests are. They send what the SDK would send, without the objects that it makes of each request
 * and answer, which take a fifth of a request's processor time. Both throw a SpaceError, as the SDK does with our HTTP client.
 */
export interface FrequentReads {
  /** The first page of a conference's participants, and the URL of the next one, if there is one. */
  firstParticipants(conferenceSid: string): Promise<{ participants: Participant[]; nextUrl: string | undefined }>;
  /** A recording, read under its conference. */
  recording(conferenceSid: string, recordingSid: string): Promise<{ sid: string; status: string }>;
}

const HEADERS = { accept: 'application/json' };

export function createFrequentReads({ spaceUrl, projectId, apiToken }: Credentials, http: HttpClient): FrequentReads {
  const conferences = `${spaceUrl}/2010-04-01/Accounts/${projectId}/Conferences`;
  const common = { method: 'GET', username: projectId, password: apiToken, headers: HEADERS } as const;
  return {
    async firstParticipants(conferenceSid) {
      const uri = `${conferences}/${conferenceSid}/Participants.json`;
      const { statusCode, body } = await http.request({ ...common, uri, params: { PageSize: PAGE_SIZE } });
      const page = parseAnswer(PARTICIPANTS, 'GET', 'Participants', statusCode, body);
      const participants = page.participants.map(({ call_sid: callSid, status, hold, coaching }) => ({
        callSid,
        status,
        hold,
        coaching,
      }));
      const nextUrl = page.next_page_uri ? new URL(page.next_page_uri, spaceUrl).href : undefined;
      return { participants, nextUrl };
    },

    async recording(conferenceSid, recordingSid) {
      const uri = `${conferences}/${conferenceSid}/Recordings/${recordingSid}.json`;
      const { statusCode, body } = await http.request({ ...common, uri });
      return parseAnswer(RECORDING, 'GET', 'Recordings/SID', statusCode, body);
    },
  };
}
