import { describe, expect, it } from 'vitest';
import type { Course } from '../../src/rehearsal/course.js';
import { findOut } from '../../src/rehearsal/findings/find-out.js';
import { becameAt, type Observations, type Sample, type Single } from '../../src/rehearsal/observations.js';

// What is concluded from observations that a simulated space shows by chance only. test/e2e/rehearsal-findings.test.ts makes them.

/** The start of the rehearsal, in whole seconds (ms since 1970), as SignalWire dates are. */
const START = 1_795_521_600_000;
const at = (seconds: number) => START + seconds * 1000;
const iso = (seconds: number) => new Date(at(seconds)).toISOString();

const SECOND = { sid: 'second', lastWebhook: 0, placedAt: at(20) };
const THIRD = { sid: 'third', lastWebhook: 5, placedAt: at(60) };

function sample(seconds: number, value: Partial<Single>): Sample<Single> {
  return {
    sentAt: at(seconds),
    answeredAt: at(seconds + 0.1),
    http: 200,
    value: { word: undefined, createdAt: undefined, seconds: undefined, ...value },
  };
}

/** @param lagSeconds how late single reads show the leave, which is at 40 s */
function observe(lagSeconds: number, changes: Partial<Observations> = {}): Observations {
  const join = { number: 6, at: iso(62), route: '/callback', url: '', event: 'participant-join', timestamp: null };
  return {
    name: 'recorded-rehearsal',
    conferenceSid: 'conference',
    recordingSid: 'recording',
    conference: [],
    conferences: { init: [], 'in-progress': [], none: [] },
    participants: [],
    conferenceRecordings: [],
    accountRecordings: [],
    recordingInConference: [],
    recording: [],
    callReads: new Map([
      [
        'second',
        [
          sample(20, { word: 'in-progress', createdAt: at(20) }),
          sample(40 + lagSeconds - 0.4, { word: 'in-progress' }),
          sample(40 + lagSeconds, { word: 'completed' }),
        ],
      ],
    ]),
    calls: [SECOND],
    webhooks: [{ ...join, parameterNames: [], status: 200, reason: null, signature: null }],
    refused: [],
    reported: undefined,
    updates: [],
    fields: new Map(),
    failedRequests: 0,
    ...changes,
  };
}

const SETTINGS = { resyncIntervalMs: 30_000, pauseBehavior: 'skip', signingKeys: ['key'] } as const;

function find(id: string, seen: Observations, course: Course) {
  const finding = findOut(seen, { second: SECOND, leftAt: at(40), ...course }, { ...SETTINGS, signingKeys: ['key'] });
  return finding.find((one) => one.id === id) ?? expect.fail(`There is no ${id}.`);
}

describe('the latency of a pause', () => {
  it('is the time from the callback to the pause', () => {
    const { value, verdict } = find('pauseLatency', observe(0), { pausedAt: at(41.5) });
    expect({ value, verdict }).toEqual({ value: { atLeastMs: 1500, atMostMs: 1500 }, verdict: 'ok' });
  });

  it('was not measured if the recording had been paused, wrongly, before the callback arrived', () => {
    const finding = find('pauseLatency', observe(0), { pausedAt: at(38) });
    expect(finding).toMatchObject({ value: null, verdict: 'unknown' });
    expect(finding.note).toContain('nothing was measured');
  });
});

describe('the latency of a resume', () => {
  it('is not too long if the lag of single reads may explain it', () => {
    const finding = find('resumeLatency', observe(9), { third: THIRD, resumedAt: at(70) });
    expect(finding).toMatchObject({ verdict: 'ok', value: { atMostMs: 8000 } });
    expect(finding.note).toContain('Single reads lag');
  });

  it('is too long if reads do not lag, or less than that', () => {
    for (const lagSeconds of [0, 2]) {
      const finding = find('resumeLatency', observe(lagSeconds), { third: THIRD, resumedAt: at(70) });
      expect(finding).toMatchObject({ verdict: 'not ok', value: { atMostMs: 8000 } });
    }
  });

  it('was not measured if the recording ran, wrongly, before the callback arrived', () => {
    const finding = find('resumeLatency', observe(0), { third: THIRD, resumedAt: at(61) });
    expect(finding).toMatchObject({ value: null, verdict: 'unknown' });
  });
});

it('says so if reads would deceive the service: of those who are in, or of a resumed recording', () => {
  const listed = (word: string) => [{ sentAt: at(21), answeredAt: at(22), http: 200, value: [{ sid: 'first', word }] }];
  const first = { sid: 'first', lastWebhook: 0, placedAt: at(1) };
  for (const [word, verdict] of [
    ['completed', 'not ok'],
    ['in-progress', 'ok'],
  ] as const) {
    const seen = observe(0, { participants: listed(word) });
    expect(find('participantStatus', seen, { first })).toMatchObject({ value: word, verdict });
  }
  for (const [word, verdict] of [
    ['paused', 'not ok'],
    ['resumed', 'ok'],
  ] as const) {
    const seen = observe(0, { recording: [sample(65, { word })] });
    expect(find('resumedReads', seen, { resumedAt: at(64), endedAt: at(70) })).toMatchObject({ value: word, verdict });
  }
});

describe('the moment at which the recording changed', () => {
  const reported = (...changes: [number, string][]) => ({
    sid: 'conference',
    name: null,
    endedAt: null,
    callSids: [],
    callers: [],
    recordingSid: null,
    events: changes.map(([seconds, recording]) => ({ at: iso(seconds), what: 'recording', recording })),
    recordings: [],
  });

  it('is the first after a time, or else the one since which it has been so', () => {
    const flapping = observe(0, {
      reported: reported([1, 'in-progress'], [5, 'paused'], [6, 'in-progress'], [8, 'paused']),
    });
    expect(becameAt(flapping, 'paused', at(2))).toBe(at(5));
    expect(becameAt(flapping, 'paused', at(9))).toBe(at(8));
    expect(becameAt(flapping, 'in-progress', at(7))).toBeUndefined();
  });
});

describe('the seconds of the file', () => {
  const spans = [
    { at: iso(10), state: 'in-progress' },
    { at: iso(40), state: 'paused' },
  ];
  const story = { status: 'completed', spans };
  const reported = {
    sid: 'conference',
    name: null,
    endedAt: iso(50),
    callSids: [],
    callers: [],
    recordingSid: 'recording',
    events: [],
  };

  it.each([0, 3600])(
    'count from the beginning of the recording if the service learned of it late (clock: %i s)',
    (ahead) => {
      const recording = [sample(12, { word: 'in-progress', createdAt: at(2 + ahead) })];
      const callReads = new Map([['second', [sample(21, { word: 'in-progress', createdAt: at(20 + ahead) })]]]);
      const seen = observe(0, {
        recording,
        callReads,
        reported: { ...reported, recordings: [{ ...story, seconds: 38 }] },
      });
      expect(find('seconds', seen, { endedAt: at(50) })).toMatchObject({ verdict: 'ok', value: '38 and 38' });
    },
  );

  it('are wrong if the file lacks some of them', () => {
    const recording = [sample(12, { word: 'in-progress', createdAt: at(10) })];
    const seen = observe(0, { recording, reported: { ...reported, recordings: [{ ...story, seconds: 20 }] } });
    expect(find('seconds', seen, { endedAt: at(50) })).toMatchObject({ verdict: 'not ok', value: '20 and 30' });
  });
});
