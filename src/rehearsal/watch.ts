import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { askFeed } from '../running-service/ask-feed.js';
import { askWebhooks } from '../running-service/ask-webhooks.js';
import type { RawAnswer, RawSpace } from '../signalwire/raw-space.js';
import { type Resource, resourceIn, resourcesIn, toListed, toSingle, wordOf } from './answers.js';
import { FILTERS, type Listed, type Observations, type Sample, type Single } from './observations.js';

export interface WatchOptions {
  space: RawSpace;
  /** Where the service is, without a path. */
  serviceUrl: string;
  statusPassword: string;
  /** The conference's name. */
  name: string;
  /** How long each request waits for the next of its kind (ms). */
  pollMs: number;
  /** For how long the service, or SignalWire, may answer nothing (ms). */
  silenceMs: number;
  signal: AbortSignal;
}

export interface Watch {
  readonly seen: Observations;
  /** Reads the webhooks and the feed once, so that what is older can be told apart. @throws Error if the service doesn't answer */
  begin(): Promise<{ otherConferences: number }>;
  /** When the service last answered (ms since 1970). */
  serviceAnsweredAt(): number;
  /** Reads a call from now on. */
  addCall(sid: string): void;
  /**
   * Waits until the condition holds, or for that long.
   *
   * @returns whether it holds
   * @throws when the signal is aborted; Error with a sentence if the service or SignalWire no longer answers, or the service was
   *   restarted: nothing more can be found out then
   */
  until(condition: (seen: Observations) => boolean, limitMs: number): Promise<boolean>;
  /** Ends all reads, and waits for those in flight, which are dropped. */
  stop(): Promise<void>;
}

/** How often a condition is checked (ms). */
const CHECK_MS = 25;

/**
 * Reads, again and again, everything that a conference shows of itself: over the REST API, and in the service's webhooks and feed.
 * Each kind of request has a loop of its own, so that a slow one delays no other.
 */
export function createWatch({
  space,
  serviceUrl,
  statusPassword,
  name,
  pollMs,
  silenceMs,
  signal,
}: WatchOptions): Watch {
  const stopped = new AbortController();
  // Each loop waits with it.
  setMaxListeners(0, stopped.signal);
  const loops: Promise<void>[] = [];
  let lastOld = 0;
  let isRestarted = false;
  const lastAnswerAt = { 'The service': Date.now(), SignalWire: Date.now() };
  const callReads = new Map<string, Sample<Single>[]>();
  const seen: Observations = {
    name,
    conferenceSid: undefined,
    recordingSid: undefined,
    conference: [],
    conferences: { init: [], 'in-progress': [], none: [] },
    participants: [],
    conferenceRecordings: [],
    accountRecordings: [],
    recordingInConference: [],
    recording: [],
    callReads,
    calls: [],
    webhooks: [],
    refused: [],
    reported: undefined,
    updates: [],
    fields: new Map(),
    failedRequests: 0,
  };

  function loop(step: () => Promise<void>): void {
    const run = async () => {
      while (!stopped.signal.aborted) {
        await step().catch(() => {
          seen.failedRequests += 1;
        });
        await delay(pollMs, undefined, { signal: stopped.signal }).catch(() => {});
      }
    };
    loops.push(run());
  }

  /** Repeats a GET, and keeps what each answer shows. A path that isn't known yet is left out. */
  function watchPath<Value>(
    path: () => string | undefined,
    query: Record<string, string>,
    samples: Sample<Value>[],
    read: (answer: RawAnswer) => Value,
  ): void {
    loop(async () => {
      const target = path();
      if (target === undefined) return;
      const sentAt = Date.now();
      const answer = await space.get(target, query);
      if (!answer || answer.status >= 500 || [401, 429].includes(answer.status)) throw new Error('no answer');
      if (stopped.signal.aborted) return;
      lastAnswerAt.SignalWire = Date.now();
      samples.push({ sentAt, answeredAt: Date.now(), http: answer.status, value: read(answer) });
    });
  }

  function noteFields(kind: string, item: Resource | undefined): void {
    if (item) seen.fields.set(kind, Object.keys(item).toSorted());
  }

  const singleOf =
    (kind: string) =>
    ({ body }: RawAnswer): Single => {
      const item = resourceIn(body);
      noteFields(kind, item);
      return toSingle(item);
    };

  const listedOf =
    (kind: string, listName: string, sidName: string) =>
    ({ body }: RawAnswer): Listed[] => {
      const items = resourcesIn(body, listName);
      noteFields(kind, items[0]);
      return items.map((item) => toListed(item, sidName));
    };

  function findConference({ body }: RawAnswer): string | undefined {
    const ours = resourcesIn(body, 'conferences').find((one) => one.friendly_name === name);
    noteFields('conference', ours);
    // The REST API's own form of the SID is the one to ask for.
    if (ours && typeof ours.sid === 'string') seen.conferenceSid = ours.sid;
    return ours && (wordOf(ours) ?? 'without a status');
  }

  async function readWebhooks(): Promise<void> {
    const { accepted, refused } = await askWebhooks(serviceUrl, statusPassword);
    lastAnswerAt['The service'] = Date.now();
    // A new process counts from 1 again.
    const newest = Math.max(0, ...[...accepted, ...refused].map(({ number }) => number));
    if (newest < Math.max(lastOld, ...[...seen.webhooks, ...seen.refused].map(({ number }) => number)))
      isRestarted = true;
    for (const [from, to] of [
      [accepted, seen.webhooks],
      [refused, seen.refused],
    ] as const) {
      const last = to.at(-1)?.number ?? lastOld;
      to.push(...from.filter(({ number }) => number > last).toSorted((a, b) => a.number - b.number));
    }
  }

  async function readFeed(): Promise<void> {
    const { live, finished } = await askFeed(serviceUrl, statusPassword);
    const isOurs = (one: (typeof live)[number]) =>
      one.name === name ||
      one.sid.toLowerCase() === seen.conferenceSid?.toLowerCase() ||
      seen.calls.some(({ sid }) => one.callSids.includes(sid) || one.callers.some(({ callSid }) => callSid === sid));
    seen.reported = live.find(isOurs) ?? finished.find(isOurs) ?? seen.reported;
    seen.conferenceSid ??= seen.reported?.sid;
    seen.recordingSid ??= seen.reported?.recordingSid ?? undefined;
  }

  /** Why nothing more can be found out; undefined if it can. */
  function breakdown(): string | undefined {
    if (isRestarted) return 'The service was restarted meanwhile, so what it had seen is lost.';
    const silent = Object.entries(lastAnswerAt).find(([, at]) => Date.now() - at > silenceMs);
    return silent && `${silent[0]} has not answered for ${Math.round(silenceMs / 1000)} s.`;
  }

  const below = (path: string) => seen.conferenceSid && `Conferences/${seen.conferenceSid}${path}`;
  const recordingPath = () => seen.recordingSid && `Recordings/${seen.recordingSid}`;

  function start(): void {
    loop(readWebhooks);
    loop(readFeed);
    for (const filter of FILTERS) {
      const query = filter === 'none' ? { PageSize: '50' } : { Status: filter, PageSize: '1000' };
      watchPath(() => 'Conferences', query, seen.conferences[filter], findConference);
    }
    watchPath(
      () => below(''),
      {},
      seen.conference,
      (answer) => singleOf('conference')(answer).word,
    );
    watchPath(
      () => below('/Participants'),
      { PageSize: '1000' },
      seen.participants,
      listedOf('participant', 'participants', 'call_sid'),
    );
    const listedRecordings = listedOf('recording', 'recordings', 'sid');
    watchPath(() => below('/Recordings'), {}, seen.conferenceRecordings, listedRecordings);
    watchPath(() => seen.recordingSid && 'Recordings', {}, seen.accountRecordings, listedRecordings);
    const single = singleOf('recording');
    watchPath(() => seen.recordingSid && below(`/${recordingPath()}`), {}, seen.recordingInConference, single);
    watchPath(recordingPath, {}, seen.recording, single);
  }

  return {
    seen,
    async begin() {
      const { accepted, refused } = await askWebhooks(serviceUrl, statusPassword);
      lastOld = Math.max(0, ...[...accepted, ...refused].map(({ number }) => number));
      const { live } = await askFeed(serviceUrl, statusPassword);
      lastAnswerAt['The service'] = lastAnswerAt.SignalWire = Date.now();
      start();
      return { otherConferences: live.length };
    },
    serviceAnsweredAt: () => lastAnswerAt['The service'],
    addCall(sid) {
      const samples: Sample<Single>[] = [];
      callReads.set(sid.toLowerCase(), samples);
      watchPath(() => `Calls/${sid}`, {}, samples, singleOf('call'));
    },
    async until(condition, limitMs) {
      const end = Date.now() + limitMs;
      while (!condition(seen)) {
        const failure = breakdown();
        if (failure !== undefined) throw new Error(failure);
        if (Date.now() >= end) return false;
        await delay(CHECK_MS, undefined, { signal });
      }
      signal.throwIfAborted();
      return true;
    },
    async stop() {
      stopped.abort();
      await Promise.all(loops);
    },
  };
}
