import { z } from 'zod';
import type { WebhookRecord } from '../recorder-events.js';
import type { SharedMessage } from '../recording/sharing.js';

/** JSON leaves out what is undefined. */
const orUndefined = <Schema extends z.ZodType>(schema: Schema) =>
  schema.nullish().transform((value) => value ?? undefined);

const text = orUndefined(z.string());
const number = orUndefined(z.number());
const set = z.array(z.string()).transform((values) => new Set(values));

const change = z.enum(['join', 'leave', 'hold', 'unhold']);
const recordingState = z.enum(['in-progress', 'paused']);
const conferenceReport = { conferenceSid: z.string(), name: text, callSid: text, happenedAt: number };

const report = z.discriminatedUnion('type', [
  z.object({ type: z.literal('conference'), ...conferenceReport }),
  z.object({ type: z.literal('participant'), ...conferenceReport, callSid: z.string(), change }),
  z.object({ type: z.literal('ended'), ...conferenceReport }),
  z.object({
    type: z.literal('recording'),
    conferenceSid: z.string(),
    recordingSid: z.string(),
    isRunning: z.boolean(),
  }),
  z.object({ type: z.literal('found'), conferenceSid: z.string(), name: z.string() }),
]);

const write = z.object({
  state: recordingState,
  outcome: z.enum(['sent', 'acknowledged', 'failed']),
  isRepeat: z.boolean(),
  isReversal: z.boolean(),
  isUncertain: z.boolean(),
  refusals: z.number(),
  wasRefused: z.boolean(),
});

const recording = z.object({
  sid: z.string(),
  observed: z.enum(['in-progress', 'paused', 'over']),
  lastWrite: orUndefined(write),
});

const state = z.object({
  conferenceSid: z.string(),
  name: text,
  known: orUndefined(z.object({ people: z.object({ counted: set, held: set }), recording: orUndefined(recording) })),
  readAgoMs: number,
  written: orUndefined(recordingState),
  because: z.union([change, z.enum(['conference callback', 'recording callback', 'settling read', 'resync'])]),
  reports: z.array(z.object({ callSid: z.string(), change, happenedAt: z.number(), agoMs: z.number() })),
});

const recordingCallback = z.object({
  conferenceSid: text,
  recordingSid: z.string(),
  status: text,
  seconds: text,
  url: text,
});

const shared = z.discriminatedUnion('type', [
  z.object({ type: z.literal('report'), report }),
  z.object({ type: z.literal('state'), state }),
  z.object({ type: z.literal('over'), conferenceSid: z.string(), name: text }),
  z.object({ type: z.literal('listed'), status: z.string() }),
  z.object({ type: z.literal('recording-callback'), callback: recordingCallback }),
]) satisfies z.ZodType<SharedMessage>;

const webhook = z.object({
  route: z.string(),
  method: z.string(),
  url: z.string(),
  event: z.string().nullable(),
  timestamp: z.string().nullable(),
  parameterNames: z.array(z.string()),
  status: z.number(),
  ms: z.number(),
  reason: z.string().nullable(),
  signature: z.object({ kind: z.enum(['form', 'JSON']), matchedKey: z.number().nullable() }).nullable(),
}) satisfies z.ZodType<WebhookRecord>;

/** What copies say to each other. */
const message = z.discriminatedUnion('type', [
  z.object({ type: z.literal('heartbeat'), startedAt: z.number(), sentAt: z.number(), isMember: z.boolean() }),
  /** The copy has just been linked, and asks for what the others know. */
  z.object({ type: z.literal('hello') }),
  z.object({ type: z.literal('goodbye') }),
  /** What the core shares. `id`: the copy that works on the conference acknowledges it. */
  z.object({ type: z.literal('shared'), id: number, shared }),
  z.object({ type: z.literal('acknowledged'), to: z.string(), id: z.number() }),
  /** Asks the eldest copy to put a caller into the open room. */
  z.object({ type: z.literal('caller'), to: z.string(), id: z.number(), callSid: z.string() }),
  /** Callers were put into the open room. `answers`: the copy that asked, and the ID of its question. */
  z.object({
    type: z.literal('room'),
    name: z.string(),
    callers: z.array(z.string()),
    answers: orUndefined(z.object({ to: z.string(), id: z.number() })),
  }),
  /** The call of somebody in the open room is over. */
  z.object({ type: z.literal('caller-gone'), callSid: z.string() }),
  /** The copy has answered a webhook. */
  z.object({ type: z.literal('webhook'), webhook }),
]);

export type Message = z.infer<typeof message>;

const envelope = z.object({ from: z.string(), message });

/** A message and the ID of the copy that sent it. */
export type Envelope = z.infer<typeof envelope>;

/** @returns one line of JSON */
export function writeMessage(sent: Envelope): string {
  return JSON.stringify(sent, (_key, value: unknown) => (value instanceof Set ? [...value] : value));
}

/** @returns undefined if the text isn't a message that we know; copies may be of different versions for a while */
export function readMessage(received: string): Envelope | undefined {
  try {
    return envelope.safeParse(JSON.parse(received)).data;
  } catch {
    return undefined;
  }
}
