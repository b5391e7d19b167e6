/**
 * The state of a recording, as far as a read can tell. `over` stands for completed, stopped, absent and failed. It isn't
 * documented whether SignalWire uses one of these words for a recording that is only paused, so nothing may treat it as final.
 */
export type ObservedState = 'in-progress' | 'paused' | 'over';

/** A state that we can ask a recording to be in. */
export type RecordingState = 'in-progress' | 'paused';

/** What a pause leaves in the recording: nothing (`skip`) or silence. */
export type PauseBehavior = 'skip' | 'silence';

export interface Recording {
  sid: string;
  state: ObservedState;
}

/** Somebody on a conference's list of participants. */
export interface Participant {
  callSid: string;
  /** As SignalWire names it; undefined if it gives none. */
  status: string | undefined;
  hold: boolean;
  coaching: boolean;
}

export interface ListedConference {
  sid: string;
  name: string;
  /** ms since 1970, in whole seconds; 0 if SignalWire's date can't be read. */
  createdAt: number;
}

/** A conference of any status, ours or another application's. */
export interface ConferenceSummary {
  sid: string;
  name: string;
  /** As SignalWire names it; undefined if it gives none. */
  status: string | undefined;
}

/** A recording of the project, ours or another application's. */
export interface AccountRecording {
  sid: string;
  /** Undefined if it isn't the recording of a conference. */
  conferenceSid: string | undefined;
  /** As SignalWire names it. */
  status: string;
  /** ms since 1970, in whole seconds; 0 if SignalWire's date can't be read. */
  createdAt: number;
  /** The length of the audio; undefined if SignalWire doesn't say. */
  seconds: number | undefined;
}

/** A phone number of the project, and what handles its calls. */
export interface PhoneNumber {
  sid: string;
  /** In E.164 form. */
  phoneNumber: string;
  /** The URL of the voice webhook; empty if there is none. */
  voiceUrl: string;
  voiceMethod: string;
  /** The URL that is requested if the voice webhook fails; empty if there is none. */
  fallbackUrl: string;
  fallbackMethod: string;
  /** Whether an application handles the calls. The voice webhook is then ignored. Source: SignalWire's OpenAPI document. */
  hasApplication: boolean;
}

/** What takes a number's calls, as SignalWire's own REST API shows it. */
export interface CallHandler {
  /** As SignalWire names it, for example `laml_webhooks`, which requests a URL; undefined if nothing handles the calls. */
  kind: string | undefined;
  /** The resource in the dashboard that handles the calls; empty if there is none. */
  resourceId: string;
  /** The URL that `laml_webhooks` requests; empty if there is none. */
  requestUrl: string;
  /** Whether the number receives faxes instead of calls. */
  receivesFaxes: boolean;
}

/** The conferences in progress, and what runs in them: what the reconciler and the rooms need. */
export interface ConferenceSpace {
  /**
   * The conferences of that status. If SignalWire refuses to filter by `init`, the thousand newest are filtered here. That an
   * unfiltered list begins with the newest is assumed.
   */
  listConferences(status: 'init' | 'in-progress'): Promise<ListedConference[]>;
  /** A conference's status, as SignalWire names it; undefined if it answers 404. */
  fetchConferenceStatus(conferenceSid: string): Promise<string | undefined>;
  /** Everybody on the conference's list of participants, whatever their status. */
  listParticipants(conferenceSid: string): Promise<Participant[]>;
  /** The conference's recordings, newest first, including those that are over; empty if SignalWire answers 404. */
  listRecordings(conferenceSid: string): Promise<Recording[]>;
  /**
   * One recording, read under its conference; if that is a 404, read under the account. Undefined if SignalWire knows it in
   * neither place.
   */
  fetchRecording(conferenceSid: string, recordingSid: string): Promise<Recording | undefined>;
  /** The SID of the conference that a recording belongs to; undefined if SignalWire doesn't say. */
  findConferenceOf(recordingSid: string): Promise<string | undefined>;
  /** Pauses or resumes a recording. @param pauseBehavior matters for a pause only */
  updateRecording(
    conferenceSid: string,
    recordingSid: string,
    state: RecordingState,
    pauseBehavior: PauseBehavior,
  ): Promise<void>;
  /** Whether a call is alive; undefined if SignalWire answers 404. A status that we don't know counts as alive. */
  fetchCallState(callSid: string): Promise<'alive' | 'over' | undefined>;
  /**
   * SignalWire's clock (ms since 1970): the `Date` header of its last answer, plus the time since then. Our own clock until
   * SignalWire has answered.
   */
  now(): number;
}

/** The recordings of the project and their conferences, also of those that are over. */
export interface RecordingSpace {
  /**
   * The recordings of the whole project, whatever their status, newest first.
   *
   * @param since leaves out those that were created before (ms since 1970). Reading ends at the first page that has nothing
   *   newer, because SignalWire's OpenAPI document says that this list is ordered by the date of creation, newest first.
   */
  listAccountRecordings(since?: number): Promise<AccountRecording[]>;
  /**
   * The conferences of the whole project, whatever their status, that were created after the day of that time (ms since 1970).
   * No document says how long SignalWire lists a conference that is over, or in which time zone that day is.
   */
  listConferencesAfter(day: number): Promise<ConferenceSummary[]>;
  /** One conference; undefined if SignalWire answers 404. */
  fetchConference(conferenceSid: string): Promise<ConferenceSummary | undefined>;
}

/** The project's phone numbers. Every request needs the Numbers scope; without it SignalWire answers 401. */
export interface PhoneNumberSpace {
  /** All of them. */
  listPhoneNumbers(): Promise<PhoneNumber[]>;
  /** One of them. */
  fetchPhoneNumber(sid: string): Promise<PhoneNumber>;
  /** What handles a number's calls; undefined if SignalWire's own REST API doesn't list the number. */
  fetchCallHandler(phoneNumber: string): Promise<CallHandler | undefined>;
  /**
   * Sets a number's voice webhook and its fallback, with POST as their method, and changes nothing else. No document says whether
   * the voice webhook handles the calls after that, so read it back.
   *
   * @param fallbackUrl undefined keeps the present one
   */
  pointPhoneNumber(sid: string, voiceUrl: string, fallbackUrl: string | undefined): Promise<void>;
}

/** Calls that are placed. */
export interface CallSpace {
  /** Places a call. The call follows the LaML at `url`. Numbers are in E.164 form. @returns the CallSid */
  placeCall(call: { to: string; from: string; url: string }): Promise<string>;
  /** A call's status, as SignalWire names it. */
  fetchCallStatus(callSid: string): Promise<string>;
}

/**
 * A SignalWire space: the requests that this service sends, split by who needs them. Every method that returns a promise rejects
 * with a SpaceError, and with nothing else. Lists are complete, however many pages they have. No document says how far lists and
 * reads lag behind callbacks and changes.
 */
export interface Space extends ConferenceSpace, RecordingSpace, PhoneNumberSpace, CallSpace {
  /** How far our clock is ahead of SignalWire's (ms); undefined until SignalWire has answered. */
  clockDifferenceMs(): number | undefined;
  /** Closes the connections. Requests in flight fail. */
  close(): void;
}
