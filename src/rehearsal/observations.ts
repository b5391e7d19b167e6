import type { ReportedConference } from '../running-service/ask-feed.js';
import type { AnsweredWebhook } from '../running-service/ask-webhooks.js';

/** What one request showed. It was true at some time between the two (ms since 1970). */
export interface Sample<Value> {
  sentAt: number;
  answeredAt: number;
  /** The HTTP status; 200, 404 and other refusals. Failures of SignalWire's aren't kept. */
  http: number;
  value: Value;
}

/** A status, in SignalWire's word; undefined if there is none. */
export type Word = string | undefined;

/** A participant or a recording on a list. The SID is in lower case. */
export interface Listed {
  sid: string;
  word: Word;
}

/** A call or a recording, read on its own. */
export interface Single {
  word: Word;
  /** When it was created, by SignalWire's clock (ms since 1970); undefined if its answer doesn't say. */
  createdAt: number | undefined;
  /** The duration in seconds; undefined if the answer doesn't say. */
  seconds: number | undefined;
}

/** The filters of the list of conferences. */
export const FILTERS = ['init', 'in-progress', 'none'] as const;
export type Filter = (typeof FILTERS)[number];

/** A call that the rehearsal has placed. */
export interface PlacedCall {
  /** In lower case. */
  sid: string;
  /** The number of the last webhook before it, and when it was placed (ms since 1970). */
  lastWebhook: number;
  placedAt: number;
}

/** An update of the recording that the rehearsal itself has sent, and the HTTP status of its answer. */
export interface SentUpdate {
  state: 'paused' | 'in-progress';
  changes: 'nothing' | 'something';
  http: number | undefined;
}

/** Everything that was seen, oldest first. */
export interface Observations {
  /** The conference's name. */
  readonly name: string;
  /** As the REST API has it; before it is listed, as the service has it. */
  conferenceSid: string | undefined;
  recordingSid: string | undefined;
  readonly conference: Sample<Word>[];
  /** The conference on each list: its word, or undefined if it isn't listed. */
  readonly conferences: Readonly<Record<Filter, Sample<Word>[]>>;
  readonly participants: Sample<Listed[]>[];
  readonly conferenceRecordings: Sample<Listed[]>[];
  readonly accountRecordings: Sample<Listed[]>[];
  readonly recordingInConference: Sample<Single>[];
  readonly recording: Sample<Single>[];
  /** By CallSid in lower case. */
  readonly callReads: ReadonlyMap<string, Sample<Single>[]>;
  readonly calls: PlacedCall[];
  /** The webhooks since the start that the service accepted, and those that it refused. */
  readonly webhooks: AnsweredWebhook[];
  readonly refused: AnsweredWebhook[];
  /** The conference in the service's feed, as it was last. */
  reported: ReportedConference | undefined;
  readonly updates: SentUpdate[];
  /** The names of the fields in SignalWire's answers, by the kind of resource. */
  readonly fields: Map<string, string[]>;
  /** How many requests SignalWire, or the service, didn't answer or failed. */
  failedRequests: number;
}

/** How long something took, as far as can be told: between two samples. `atMostMs`: undefined if it never happened. */
export interface Bracket {
  atLeastMs: number;
  atMostMs: number | undefined;
}

/** How long after `since` (ms since 1970) a sample first showed something. Undefined without any sample. */
export function firstShown<Value>(
  samples: readonly Sample<Value>[],
  since: number,
  isShown: (sample: Sample<Value>) => boolean,
): Bracket | undefined {
  const later = samples.filter(({ answeredAt }) => answeredAt >= since);
  const index = later.findIndex(isShown);
  const before = index === -1 ? later.at(-1) : later[index - 1];
  const shown = later[index];
  if (!before && !shown) return undefined;
  return {
    atLeastMs: Math.max(0, (before?.sentAt ?? since) - since),
    atMostMs: shown && Math.max(0, shown.answeredAt - since),
  };
}

/** The statuses of a call that is over. */
export const CALL_OVER = ['completed', 'canceled', 'busy', 'failed', 'no-answer'];
export const isCallOver = ({ value }: Sample<Single>) => CALL_OVER.includes(value.word ?? '');

/** Whether the list has somebody who hasn't left, as the service would read it. */
export const hasIn = (sid: string) => (sample: Sample<Listed[]>) =>
  sample.value.some((one) => one.sid === sid && one.word !== 'completed');
export const hasListed = (sid: string) => (sample: Sample<Listed[]>) => sample.value.some((one) => one.sid === sid);
export const isKnown = ({ http }: Sample<unknown>) => http === 200;
/** Whether a list has the conference. */
export const isListed = ({ value }: Sample<Word>) => value !== undefined;

const arrivalOf = ({ at }: AnsweredWebhook) => Date.parse(at);
const isLeave = ({ event }: AnsweredWebhook) => /leave|left/i.test(event ?? '');
const isCallback = ({ route }: AnsweredWebhook) => route === '/callback';

/** Callbacks about the conference. */
export const callbacksOf = ({ webhooks }: Observations) => webhooks.filter(isCallback);
export const recordingCallbacksOf = ({ webhooks }: Observations) =>
  webhooks.filter(({ route }) => route === '/store_recording_sid');

/** When the callback arrived that reports that a call has joined (ms since 1970); undefined if none did. */
export function joinReportedAt(seen: Observations, { lastWebhook }: PlacedCall): number | undefined {
  const join = callbacksOf(seen).find(({ number, event }) => number > lastWebhook && /join/i.test(event ?? ''));
  return join && arrivalOf(join);
}

/** When somebody joined, by the callback or else by the call (ms since 1970). */
export function joinedAt(seen: Observations, call: PlacedCall): number {
  return joinReportedAt(seen, call) ?? call.placedAt;
}

/**
 * When the callback arrived that reports that somebody has left (ms since 1970); undefined if none did.
 *
 * @param since the number of a webhook before the leave
 */
export function leaveReportedAt(seen: Observations, since: number): number | undefined {
  const leave = callbacksOf(seen).find((one) => one.number > since && isLeave(one));
  return leave && arrivalOf(leave);
}

/**
 * Until when a caller was surely in (ms since 1970), by the reads of the call and by the last leave that was reported; infinity if
 * the call hasn't read as over.
 */
export function inUntil(seen: Observations, call: PlacedCall): number {
  const reads = readsOf(seen, call);
  const over = reads.findIndex(isCallOver);
  if (over === -1) return Number.POSITIVE_INFINITY;
  const lastAlive = reads[over - 1]?.sentAt ?? call.placedAt;
  const leave = callbacksOf(seen).findLast(isLeave);
  return leave ? Math.min(lastAlive, arrivalOf(leave)) : lastAlive;
}

/**
 * When the service first said, after a time, that the recording is in that state (ms since 1970). If it has been in that state since
 * before, when it got there.
 */
export function becameAt(
  { reported }: Observations,
  state: 'paused' | 'in-progress',
  since: number,
): number | undefined {
  const changes = reported?.events.filter(({ what }) => what === 'recording') ?? [];
  const last = changes.at(-1);
  const event =
    changes.find(({ at, recording }) => recording === state && Date.parse(at) >= since) ??
    (last?.recording === state ? last : undefined);
  return event && Date.parse(event.at);
}

/** How far single reads lag, by the second phone's call, which is over; undefined if it isn't. */
export function readLagOf(
  seen: Observations,
  { second, leftAt }: { second?: PlacedCall; leftAt?: number },
): Bracket | undefined {
  return second && leftAt !== undefined ? firstShown(readsOf(seen, second), leftAt, isCallOver) : undefined;
}

export const lastWebhookOf = ({ webhooks }: Observations) => webhooks.at(-1)?.number ?? 0;
export const readsOf = ({ callReads }: Observations, { sid }: PlacedCall) => callReads.get(sid) ?? [];
