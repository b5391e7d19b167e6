import type { OpenLink } from '../../src/copies/link.js';
import type { Listener } from '../../src/recorder-events.js';
import type { PolicyFor } from '../../src/recording/recording-policy.js';
import type { ConferenceSpace } from '../../src/signalwire/space.js';
import type { Webhook } from '../../src/simulator/model/callbacks.js';
import type { Conference } from '../../src/simulator/model/resources.js';
import type { SpaceModel } from '../../src/simulator/model/space-model.js';

/** A process of the service, or of a design that is compared with it. */
export interface Copy {
  /** The name of the conference for a caller who asks for no room. */
  conferenceNameFor(callSid: string): Promise<string>;
  /** Receives a callback. Returns at once. */
  receive(callback: Webhook): void;
  /** How many conferences it knows. */
  readonly size: number;
  /** The conferences whose recording is wrong, in its own judgement: SIDs in lower case. A design without judgement has none. */
  readonly judgedWrong: ReadonlySet<string>;
  /** Whether no room is open, so that the next caller would open one. */
  hasNoOpenRoom(): boolean;
  /** Stops cleanly. Resolves when it has stopped. */
  stop(): Promise<void>;
}

export interface CopyOptions {
  space: ConferenceSpace;
  conferencePrefix: string;
  minParticipants: number;
  /** Default: true. */
  countHeld?: boolean;
  /** One policy for every conference unless it is given. */
  policyFor?: PolicyFor | undefined;
  resyncIntervalMs: number;
  random: () => number;
  /** Direct access to the space, for a design that needs neither callbacks nor requests. */
  directAccess: DirectAccess;
  /** Links it with the other copies; undefined if it works as if it were the only one. */
  openLink?: OpenLink | undefined;
  /** Differs between processes. */
  id?: string;
  /** Called with each event that the copy emits. */
  onEvent?: Listener;
  /** Called with the SID of a conference whose recording has been wrong for some seconds, in the copy's judgement. */
  onProblem?(conferenceSid: string): void;
  /** Adds a line to the story. */
  log(line: string): void;
}

export type StartCopy = (options: CopyOptions) => Copy;

/** The space itself, without callbacks and requests in between. */
export interface DirectAccess {
  model: SpaceModel;
  /** Draws the time that a callback or a request takes (ms). */
  latency: () => number;
  wait(ms: number): Promise<void>;
  /** Calls the listener when somebody has joined or left a conference. */
  onParticipantsChanged(listener: (conference: Conference) => void): void;
}

export const CONFERENCE_PREFIX = 'recorded-';

/** A short form of a SID for the story. The SIDs of a world differ only in their last twelve digits. */
export function shortenSid(sid: string): string {
  return `#${Number(sid.slice(-12))}`;
}
