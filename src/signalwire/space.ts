/**
 * What a recording does, as far as a read can say. `over` is what reads as completed, stopped, absent or failed. Whether
 * SignalWire uses such a word for a recording that is only paused isn't documented, so nothing may rely on its being final.
 */
export type ObservedState = 'in-progress' | 'paused' | 'over';

/** What a recording can be asked to do. */
export type RecordingState = 'in-progress' | 'paused';

export interface Recording {
  sid: string;
  state: ObservedState;
}

/** Somebody in a conference. */
export interface Participant {
  callSid: string;
  /** In SignalWire's word; undefined where it says none. */
  status: string | undefined;
  hold: boolean;
  coaching: boolean;
}

export interface ListedConference {
  sid: string;
  name: string;
  /** ms since 1970, to the second; 0 where SignalWire's date can't be read. */
  createdAt: number;
}

/** A phone number of the project, and what takes its calls. */
export interface PhoneNumber {
  sid: string;
  /** In E.164 form. */
  phoneNumber: string;
  /** The voice webhook; empty where there is none. */
  voiceUrl: string;
  voiceMethod: string;
  /** Whether an application takes the calls: then the voice webhook is ignored. Source: SignalWire's OpenAPI document. */
  hasApplication: boolean;
}

/**
 * What we ask of a SignalWire space, in our words. Every method rejects with a SpaceError, and with nothing else. Lists are
 * whole, whatever pages they come in. How far lists and reads lag behind callbacks isn't documented.
 */
export interface Space {
  /**
   * Conferences of that status. Where SignalWire refuses to filter by `init`, the conferences in that status among the
   * thousand newest are returned; that the list begins with the newest is assumed.
   */
  listConferences(status: 'init' | 'in-progress'): Promise<ListedConference[]>;
  /** A conference's status in SignalWire's word; undefined when it knows no such conference (404). */
  fetchConferenceStatus(conferenceSid: string): Promise<string | undefined>;
  /** Everybody on the conference's list, whatever their status. */
  listParticipants(conferenceSid: string): Promise<Participant[]>;
  /** The conference's recordings, newest first, those that are over included; empty when SignalWire knows none (404). */
  listRecordings(conferenceSid: string): Promise<Recording[]>;
  /**
   * One recording: as it reads under its conference, else (404) as it reads in the account's own list; undefined when
   * SignalWire knows it in neither place.
   */
  fetchRecording(conferenceSid: string, recordingSid: string): Promise<Recording | undefined>;
  /** The SID of the conference that a recording belongs to; undefined when SignalWire doesn't know or doesn't say. */
  findConferenceOf(recordingSid: string): Promise<string | undefined>;
  /** Pauses or resumes a recording. */
  updateRecording(conferenceSid: string, recordingSid: string, state: RecordingState): Promise<void>;
  /** Whether a call still is; undefined when SignalWire knows no such call (404). A status we don't know counts as alive. */
  fetchCallState(callSid: string): Promise<'alive' | 'over' | undefined>;
  /** The call's status in SignalWire's word. */
  fetchCallStatus(callSid: string): Promise<string>;
  /** The project's phone numbers. Needs the Numbers scope, without which SignalWire answers 401. */
  listPhoneNumbers(): Promise<PhoneNumber[]>;
  /** Sets a number's voice webhook, to be asked by POST, and nothing else of it. */
  pointPhoneNumber(sid: string, voiceUrl: string): Promise<void>;
  /** Calls somebody, who is put where the LaML at `url` says; returns the CallSid. Both numbers are in E.164 form. */
  placeCall(call: { to: string; from: string; url: string }): Promise<string>;
  /**
   * What SignalWire's clock says now (ms since 1970), by the `Date` header of its last answer and the monotonic clock
   * since; by our own wall clock while it has answered nothing.
   */
  now(): number;
  /** Closes the connections; requests under way fail. */
  close(): void;
}

/** The part of a space that deciding on recordings and rooms takes. */
export type ConferenceSpace = Omit<
  Space,
  'fetchCallStatus' | 'listPhoneNumbers' | 'pointPhoneNumber' | 'placeCall' | 'close'
>;
