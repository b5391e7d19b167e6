import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/recording/people.js';
import {
  addReport,
  delayOf,
  isFresh,
  mergeReports,
  type Report,
  type Reports,
  takeContradictions,
} from '../../src/recording/reports.js';

const NOW = 100_000;
const HAPPENED_AT = 1_700_000_000_000;
const WINDOWS = { join: 15_000, leave: 2000, stale: 10_000 };

const report = (change: Change, ageMs = 0, happenedAt = HAPPENED_AT): Report => ({
  callSid: 'B',
  change,
  happenedAt,
  reportedAt: NOW - ageMs,
  isRenewed: false,
  isCallOver: false,
});

const of = (...reports: Report[]): Reports => new Map(reports.map((one) => [one.callSid.toLowerCase(), one]));
const listed = (...callSids: string[]) => ({ counted: new Set(callSids), held: new Set<string>(), askedAt: NOW });

describe('a report', () => {
  it.each<[string, Change, number, Report | undefined, boolean]>([
    ['the first one about a caller', 'join', 0, undefined, true],
    ['a join after a leave', 'join', 1000, report('leave'), true],
    ['a join older than a leave', 'join', -1000, report('leave'), false],
    ['a join in the same second as a leave', 'join', 0, report('leave'), false],
    ['a leave in the same second as a join', 'leave', 0, report('join'), true],
    ['a leave older than a join', 'leave', -1000, report('join'), false],
    ['a duplicate join', 'join', 0, report('join'), false],
    ['a duplicate leave', 'leave', 0, report('leave'), false],
    ['a hold in the same second as a join', 'hold', 0, report('join'), true],
    ['the end of a hold in the same second', 'unhold', 0, report('hold'), true],
    ['the end of a hold in the same second as a leave', 'unhold', 0, report('leave'), false],
  ])('is news only if it is newer than the last one: %s', (_case, change, laterMs, known, isNews) => {
    const reports = known ? of(known) : of();
    expect(addReport(reports, { callSid: 'b', change, happenedAt: HAPPENED_AT + laterMs }, NOW)).toBe(isNews);
    expect(reports.get('b')?.change).toBe(isNews ? change : known?.change);
  });
});

describe('the people in a conference', () => {
  it.each<[string, string[], Report[], string[]]>([
    ['without reports', ['a', 'b'], [], ['a', 'b']],
    ['with a leave that the list does not show yet', ['a', 'b'], [report('leave', 1999)], ['a']],
    ['with a join that the list does not show yet', ['a'], [report('join', 14_999)], ['a', 'b']],
    ['with a leave that has expired', ['a', 'b'], [report('leave', 2000)], ['a', 'b']],
    ['with a join that has expired', ['a'], [report('join', 15_000)], ['a']],
    [
      'with a leave that has expired and a call that is over',
      ['a', 'b'],
      [{ ...report('leave', 60_000), isCallOver: true }],
      ['a'],
    ],
  ])('are merged from the list and the reports: %s', (_case, callSids, reports, people) => {
    expect([...mergeReports(listed(...callSids), of(...reports), WINDOWS).counted]).toEqual(people);
  });

  it('who are on hold are in, and are not counted', () => {
    const merge = (list: ReturnType<typeof listed>, one: Report) => mergeReports(list, of(one), WINDOWS);
    const held = { ...listed('a'), held: new Set(['b']) };
    expect(merge(listed('a', 'b'), report('hold', 14_999))).toEqual({ counted: new Set(['a']), held: new Set(['b']) });
    expect(merge(listed('a', 'b'), report('hold', 15_000)).held).toEqual(new Set());
    expect(merge(held, report('join'))).toEqual({ counted: new Set(['a']), held: new Set(['b']) });
    expect(merge(held, report('unhold', 14_999))).toEqual({ counted: new Set(['a', 'b']), held: new Set() });
    expect(merge(held, report('unhold', 15_000)).held).toEqual(new Set(['b']));
    expect(merge(held, report('leave', 0))).toEqual({ counted: new Set(['a']), held: new Set() });
  });
});

describe('a report that has expired', () => {
  it.each<[string, string[], Report, boolean]>([
    ['contradicts a list with a caller who left', ['a', 'b'], report('leave', 2000), true],
    ['contradicts a list without a caller who joined', ['a'], report('join', 15_000), true],
    ['does not contradict a list that agrees with it', ['a'], report('leave', 2000), false],
    ['contradicts no list before it has expired', ['a', 'b'], report('leave', 1999), false],
    [
      'contradicts no list once its call is known to be over',
      ['b'],
      { ...report('join', 15_000), isCallOver: true },
      false,
    ],
  ])('%s', (_case, callSids, one, isContradicted) => {
    expect(takeContradictions(listed(...callSids), of(one), WINDOWS)).toEqual(isContradicted ? [one] : []);
  });

  it('is kept while a callback may be late, and is then dropped if the list agrees with it', () => {
    const young = of(report('leave', 9999));
    takeContradictions(listed('a'), young, WINDOWS);
    expect(young.size).toBe(1);
    const old = of(report('leave', 10_000));
    takeContradictions(listed('a'), old, WINDOWS);
    expect(old.size).toBe(0);
  });
});

it.each(['hold', 'unhold'] as const)('a %s that has expired is dropped, as only the list can tell', (change) => {
  const reports = of(report(change, 15_000));
  expect(takeContradictions(listed('a'), reports, WINDOWS)).toEqual([]);
  expect(reports.size).toBe(0);
});

it('after a hold and its end in the same second, the list decides', () => {
  const reports = of(report('unhold'));
  expect(addReport(reports, { callSid: 'b', change: 'hold', happenedAt: HAPPENED_AT }, NOW)).toBe(false);
  expect(reports.size).toBe(0);
});

describe('a Timestamp', () => {
  it.each([
    [HAPPENED_AT, true],
    [HAPPENED_AT - 10_000, true],
    [HAPPENED_AT - 10_001, false],
    [HAPPENED_AT + 10_000, true],
    [HAPPENED_AT + 10_001, false],
    [undefined, false],
  ])('%s is fresh: %s', (happenedAt, expected) => {
    expect(isFresh(happenedAt, HAPPENED_AT, 10_000)).toBe(expected);
  });
});

it.each([
  [undefined, undefined],
  [0, 0],
  [999, 0],
  [4000, 4000],
  [-4000, 0],
  [60_000, 60_000],
  [3_600_000, undefined],
  [-3_600_000, undefined],
])('a callback whose Timestamp is %s ms old has a delay of %s ms', (ageMs, delayMs) => {
  const now = 1_795_521_600_000;
  expect(delayOf(ageMs === undefined ? undefined : now - ageMs, now)).toBe(delayMs);
});
