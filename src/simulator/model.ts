import { randomUUID } from 'node:crypto';
import type { ConferenceInstruction } from './laml.js';
import { createLedger, type Ledger } from './ledger.js';

/** What every resource of the space has. */
export interface Resource {
  sid: string;
  /** Counts up with each resource that comes into being; pages are cut by it. */
  ordinal: number;
  createdAt: Date;
  updatedAt: Date;
}

export interface PhoneNumber extends Resource {
  phoneNumber: string;
  voiceUrl: string | undefined;
  voiceMethod: 'GET' | 'POST';
  /** An application that takes the number's calls in place of the webhook. */
  voiceApplicationSid: string | undefined;
}

/** How a call can end before anybody has answered it. */
export type Unanswered = 'busy' | 'no-answer' | 'failed';

/** Source: SignalWire's OpenAPI document. */
export type CallStatus = 'queued' | 'ringing' | 'in-progress' | 'completed' | 'canceled' | Unanswered;

export interface Call extends Resource {
  from: string;
  to: string;
  direction: 'inbound' | 'outbound-api';
  status: CallStatus;
  startedAt: Date | undefined;
  endedAt: Date | undefined;
}

export interface Participant extends Resource {
  call: Call;
  instruction: ConferenceInstruction;
}

/** Of the words in SignalWire's OpenAPI document those that a conference's recording comes to here. */
export type RecordingStatus = 'in-progress' | 'paused' | 'resumed' | 'completed' | 'stopped';

export interface Recording extends Resource {
  status: RecordingStatus;
  pauseBehavior: 'skip' | 'silence';
  trim: string;
  endedAt: Date | undefined;
  /** Milliseconds that its audio lasts so far. */
  audioMs: number;
  /** When `audioMs` was last brought up to date (ms, of performance.now). */
  countedAt: number;
}

export interface Conference extends Resource {
  name: string;
  /** `init` while one person waits (assumed). */
  status: 'init' | 'in-progress' | 'completed';
  /** The first participant's: later ones can't change where callbacks go. */
  instruction: ConferenceInstruction;
  participants: Map<string, Participant>;
  /** Those who left lately; `leftAt` is in ms since 1970. */
  gone: { participant: Participant; leftAt: number }[];
  recordings: Recording[];
  ledger: Ledger;
}

let ordinal = 0;

function newResource(): Resource {
  ordinal += 1;
  const now = new Date();
  return { sid: randomUUID(), ordinal, createdAt: now, updatedAt: now };
}

export function newPhoneNumber(phoneNumber: string, voiceUrl: string | undefined): PhoneNumber {
  return { ...newResource(), phoneNumber, voiceUrl, voiceMethod: 'POST', voiceApplicationSid: undefined };
}

export function newCall(from: string, to: string, direction: Call['direction']): Call {
  const status = direction === 'inbound' ? 'ringing' : 'queued';
  return { ...newResource(), from, to, direction, status, startedAt: undefined, endedAt: undefined };
}

export function newParticipant(call: Call, instruction: ConferenceInstruction): Participant {
  return { ...newResource(), call, instruction };
}

export function newConference(instruction: ConferenceInstruction): Conference {
  return {
    ...newResource(),
    name: instruction.name,
    status: 'init',
    instruction,
    participants: new Map(),
    gone: [],
    recordings: [],
    ledger: createLedger(),
  };
}

export function newRecording(trim: string): Recording {
  return {
    ...newResource(),
    status: 'in-progress',
    pauseBehavior: 'silence',
    trim,
    endedAt: undefined,
    audioMs: 0,
    countedAt: performance.now(),
  };
}
