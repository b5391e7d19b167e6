import { describe, expect, it } from 'vitest';
import { describeCopies, shortNameOf } from '../../src/status/page/copies.js';
import { judge } from '../../src/status/page/judgement.js';
import { chooseSpan, nameSpan, windowOf } from '../../src/status/page/scale.js';
import { partsOf } from '../../src/status/page/strip.js';
import {
  describeEvent,
  formatDuration,
  formatOffset,
  peopleIn,
  transitionOf,
  wrongStateOf,
} from '../../src/status/page/texts.js';
import { ago, fakeConference, fakeFeed } from '../support/fake-feed.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const live = (count: number) =>
  Array.from({ length: count }, (_, index) => fakeConference(`room-${index}`, [[60, 'seen']]));
const problemIn = (room: string) => ({
  kind: 'recording' as const,
  conferenceSid: `conference-of-${room}`,
  since: ago(60),
  sentence: `recorded-${room} is paused.`,
});

describe('the scale of the strips', () => {
  it.each([
    [0, '5 minutes'],
    [5 * MINUTE_MS, '5 minutes'],
    [5 * MINUTE_MS + 1, '15 minutes'],
    [16 * MINUTE_MS, '1 hour'],
    [2 * HOUR_MS, '3 hours'],
    [7 * HOUR_MS, '8 hours'],
    [9 * HOUR_MS, '24 hours'],
    [25 * HOUR_MS, '2 days'],
  ])('holds %d ms in %s', (longest, name) => {
    expect(nameSpan(chooseSpan(longest))).toBe(name);
  });

  it('ends now, or begins with what is over', () => {
    expect(windowOf({ begin: 900, end: undefined }, 1000, 1500)).toEqual({
      from: 500,
      until: 1500,
      isBeginCut: false,
      isEndCut: false,
    });
    expect(windowOf({ begin: 100, end: undefined }, 1000, 1500)).toMatchObject({ from: 500, isBeginCut: true });
    expect(windowOf({ begin: 100, end: 900 }, 1000, 1500)).toMatchObject({ from: 100, until: 1100, isEndCut: false });
    expect(windowOf({ begin: 100, end: 1200 }, 1000, 1500)).toMatchObject({ isBeginCut: false, isEndCut: true });
  });

  it('draws the shortest states last, and cuts what is outside', () => {
    const conference = fakeConference('sales', [
      [100, 'seen'],
      [80, 'recording'],
      [50, 'paused'],
      [49, 'recording'],
    ]);
    const now = Date.now();
    const parts = partsOf(conference, { from: now - 90_000, until: now }, now);
    expect(parts.map(({ kind }) => kind)).toEqual(['in-progress', 'in-progress', 'none', 'paused', 'hatching']);
    for (const { x, width = 0 } of parts) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x + width).toBeLessThanOrEqual(100.0001);
    }
  });
});

it('marks on the strip who was put on hold and taken off, as it does joins and leaves', () => {
  const conference = fakeConference('sales', [
    [80, 'joined'],
    [60, 'held'],
    [40, 'unheld'],
    [20, 'left'],
  ]);
  const now = Date.now();
  const marks = partsOf(conference, { from: now - 100_000, until: now }, now).filter(
    ({ width }) => width === undefined,
  );
  expect(marks.map(({ kind, x }) => [kind, Math.round(x)])).toEqual([
    ['joined', 20],
    ['held', 40],
    ['unheld', 60],
    ['left', 80],
  ]);
});

describe('the judgement', () => {
  it('counts what is as it should be', () => {
    const headlines = [0, 1, 4].map((count) => judge(fakeFeed({ live: live(count) })).headline);
    expect(headlines).toEqual([
      'Nothing is in progress',
      '1 in progress, as it should be',
      '4 in progress, all as they should be',
    ]);
    const wrong = [1, 2, 4].map((count) => {
      const verdict = { ok: false, problems: [problemIn('room-0')] };
      return judge(fakeFeed({ live: live(count), verdict })).headline;
    });
    expect(wrong).toEqual([
      '',
      'The other one in progress is as it should be',
      'The other 3 in progress are as they should be',
    ]);
  });

  it('never says that nothing is in progress when it does not know', () => {
    const outage = {
      kind: 'outage' as const,
      conferenceSid: null,
      since: ago(9),
      sentence: 'SignalWire answers 503: …',
    };
    const unknown = [
      judge(undefined),
      judge(undefined, 'The connection to the service was lost.'),
      judge(fakeFeed(), 'The connection to the service was lost.', 5),
      judge(fakeFeed({ signalWireFailingSince: ago(1) })),
      judge(fakeFeed({ verdict: { ok: false, problems: [outage] } })),
      judge(fakeFeed({ signalWireAnsweredAt: null })),
    ];
    for (const { isKnown, headline } of unknown) {
      expect(isKnown).toBe(false);
      expect(headline).not.toMatch(/Nothing|as it should|as they should/);
    }
    expect(unknown.map(({ problems }) => problems.length)).toEqual([0, 1, 1, 1, 1, 0]);
  });

  it('names an outage once, and what is wrong with conferences besides', () => {
    const outage = {
      kind: 'outage' as const,
      conferenceSid: null,
      since: ago(9),
      sentence: 'SignalWire answers 503: …',
    };
    const verdict = { ok: false, problems: [problemIn('room-0'), outage] };
    const { problems } = judge(fakeFeed({ live: live(1), verdict, signalWireFailingSince: ago(9) }));
    expect(problems.map(({ key }) => key)).toEqual(['outage', 'conference-of-room-0']);
  });
});

describe('the texts', () => {
  it('format durations and positions', () => {
    expect([0, 43_900, 61_000, 2 * HOUR_MS + 3000, -5].map(formatDuration)).toEqual([
      '0 s',
      '43 s',
      '1 min 1 s',
      '2 h 0 min 3 s',
      '0 s',
    ]);
    expect([0, 65.9, 3725, null].map(formatOffset)).toEqual(['0:00', '1:05', '1:02:05', 'unknown']);
  });

  it('say what a recording should do, and what it is about to do', () => {
    const paused = { ...live(1)[0], recording: 'paused', desired: 'in-progress', wrongSince: ago(1) } as ReturnType<
      typeof fakeConference
    >;
    expect(wrongStateOf(paused)).toBe('Paused, should be recording');
    expect(transitionOf(paused)).toBe('resuming…');
    expect(transitionOf({ ...paused, recording: 'none' })).toBe('starting…');
    expect(transitionOf({ ...paused, recording: 'in-progress', desired: 'paused' })).toBe('pausing…');
    expect(transitionOf({ ...paused, wrongSince: null })).toBe('');
  });
});

it('somebody on hold, or only coaching, is told apart from somebody who has left', () => {
  expect(peopleIn({ people: 1, heldCallSids: ['b'] })).toBe('1 person in, 1 on hold or coaching');
  expect(peopleIn({ people: 2, heldCallSids: [] })).toBe('2 people in');
  const event = { at: ago(1), people: 1, recording: 'paused', callSid: 'b' } as const;
  const describeAs = (what: 'held' | 'unheld' | 'left') =>
    describeEvent({ ...event, what }, undefined, () => 'caller 2');
  expect([describeAs('held'), describeAs('unheld'), describeAs('left')]).toEqual([
    'caller 2 on hold or coaching, 1 in',
    'caller 2 back, 1 in',
    'caller 2 left, 1 in',
  ]);
});

describe('the copies of the service', () => {
  it.each([
    ['digits, if they are on the same host', ['vm/0a0a0a', 'vm/1b1b1b'], ['0a0a0a', '1b1b1b']],
    ['hosts, if these differ', ['alpha/0a0a0a', 'beta/1b1b1b'], ['alpha', 'beta']],
    [
      'hosts without what all of them begin with',
      ['recorder-7d9f8b6c5-x2x4z/0a0a0a', 'recorder-7d9f8b6c5-k8qpl/1b1b1b'],
      ['x2x4z', 'k8qpl'],
    ],
    ['digits or hosts, whatever tells them apart', ['a/0a0a0a', 'a/1b1b1b', 'b/2c2c2c'], ['0a0a0a', '1b1b1b', 'b']],
  ])('have short names: their %s', (_what, names, short) => {
    expect(names.map((name) => shortNameOf(name, names))).toEqual(short);
  });

  it('are counted if there are several, and the page says so if it shows only what its own knows', () => {
    const [self, other] = ['vm/0a0a0a', 'vm/1b1b1b'];
    expect(describeCopies(null)).toBe('');
    expect(describeCopies({ self, names: [self, other], isLinked: true })).toBe(
      '2 copies of the service share the work; this page is from copy 0a0a0a.',
    );
    expect(describeCopies({ self, names: [self], isLinked: true })).toBe('This is the only copy at the moment.');
    expect(describeCopies({ self, names: [self], isLinked: false })).toContain('only what it knows itself');
  });

  it('may refuse calls at the same time, which makes a problem each', () => {
    const refusal = { kind: 'refused calls' as const, conferenceSid: null, since: ago(60), sentence: 'Refused.' };
    const problems = [refusal, { ...refusal, copy: 'vm/1b1b1b' }];
    const keys = judge(fakeFeed({ verdict: { ok: false, problems } })).problems.map(({ key }) => key);
    expect(new Set(keys).size).toBe(2);
  });
});
