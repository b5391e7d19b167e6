import type { Feed, FeedConference, FeedEvent } from '../../src/status/feed.js';

type What = FeedEvent['what'] | 'paused' | 'no recording';

/** What happened in a conference, and how many seconds ago. */
type Scene = readonly (readonly [secondsAgo: number, what: What, caller?: number])[];

const STATES: Record<string, FeedConference['recording']> = {
  recording: 'in-progress',
  paused: 'paused',
  'no recording': 'none',
};

/** A feed that is made up, for what would take a real service hours, or go wrong in it only seldom. */
export function fakeFeed(changes: Partial<Feed> = {}): Feed {
  return {
    version: '0.1.0',
    since: ago(86_400),
    copies: null,
    verdict: { ok: true, problems: [] },
    signalWireAnsweredAt: ago(2),
    signalWireFailingSince: null,
    refusedCalls: null,
    live: [],
    finished: [],
    ...changes,
  };
}

/** A conference in the feed, by what happened in it. It is over if that is what happened last. */
export function fakeConference(room: string, scene: Scene, changes: Partial<FeedConference> = {}): FeedConference {
  const people = new Set<number>();
  const callers = new Set<number>();
  const sums = { 'in-progress': 0, paused: 0, none: 0 };
  let recording: FeedConference['recording'] = 'none';
  let since = scene[0]?.[0] ?? 0;
  const events = scene.map(([secondsAgo, what, caller]): FeedEvent => {
    if (caller !== undefined) callers.add(caller);
    if (caller !== undefined && what === 'joined') people.add(caller);
    if (caller !== undefined && what === 'left') people.delete(caller);
    const state = what === 'over' ? 'none' : STATES[what];
    if (state) {
      sums[recording] += since - secondsAgo;
      recording = state;
      since = secondsAgo;
    }
    const kind = what === 'paused' || what === 'no recording' ? 'recording' : what;
    const who = caller === undefined ? {} : { callSid: callSid(room, caller) };
    return { at: ago(secondsAgo), what: kind, ...who, people: people.size, recording };
  });
  const last = scene.at(-1);
  const isOver = last?.[1] === 'over';
  return {
    sid: `conference-of-${room}`,
    name: `recorded-${room}`,
    room,
    copy: null,
    firstSeenAt: ago(scene[0]?.[0] ?? 0),
    endedAt: isOver ? ago(last[0]) : null,
    people: people.size,
    callSids: [...people].map((caller) => callSid(room, caller)),
    heldCallSids: [],
    callers: [...callers].map((number) => ({ number, callSid: callSid(room, number) })),
    minParticipants: 2,
    recordingSid: `recording-of-${room}`,
    desired: null,
    observed: null,
    wrongSince: null,
    recording,
    recordingSince: ago(since),
    recordedSeconds: sums['in-progress'],
    pausedSeconds: sums.paused,
    events,
    recordings: [],
    ...changes,
  };
}

export function callSid(room: string, caller: number): string {
  return `call-${caller}-of-${room}`;
}

export function ago(seconds: number): string {
  return new Date(Date.now() - seconds * 1000).toISOString();
}
