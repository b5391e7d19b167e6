import { describe, expect, it } from 'vitest';
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

const report = (isIn: boolean, ageMs = 0, happenedAt = HAPPENED_AT): Report => ({
  callSid: 'B',
  isIn,
  happenedAt,
  reportedAt: NOW - ageMs,
  isRenewed: false,
  isCallOver: false,
});

const of = (...reports: Report[]): Reports => new Map(reports.map((one) => [one.callSid.toLowerCase(), one]));
const listed = (...callSids: string[]) => ({ callSids: new Set(callSids), askedAt: NOW });

describe('a report', () => {
  it.each<[string, boolean, number, Report | undefined, boolean]>([
    ['the first one about a caller', true, 0, undefined, true],
    ['a join after a leave', true, 1000, report(false), true],
    ['a join older than a leave', true, -1000, report(false), false],
    ['a join in the same second as a leave', true, 0, report(false), false],
    ['a leave in the same second as a join', false, 0, report(true), true],
    ['a leave older than a join', false, -1000, report(true), false],
    ['a duplicate join', true, 0, report(true), false],
    ['a duplicate leave', false, 0, report(false), false],
  ])('is news only if it is newer than the last one: %s', (_case, isIn, laterMs, known, isNews) => {
    const reports = known ? of(known) : of();
    expect(addReport(reports, { callSid: 'b', isIn, happenedAt: HAPPENED_AT + laterMs }, NOW)).toBe(isNews);
    expect(reports.get('b')?.isIn).toBe(isNews ? isIn : known?.isIn);
  });
});

describe('the people in a conference', () => {
  it.each<[string, string[], Report[], string[]]>([
    ['without reports', ['a', 'b'], [], ['a', 'b']],
    ['with a leave that the list does not show yet', ['a', 'b'], [report(false, 1999)], ['a']],
    ['with a join that the list does not show yet', ['a'], [report(true, 14_999)], ['a', 'b']],
    ['with a leave that has expired', ['a', 'b'], [report(false, 2000)], ['a', 'b']],
    ['with a join that has expired', ['a'], [report(true, 15_000)], ['a']],
    [
      'with a leave that has expired and a call that is over',
      ['a', 'b'],
      [{ ...report(false, 60_000), isCallOver: true }],
      ['a'],
    ],
  ])('are merged from the list and the reports: %s', (_case, callSids, reports, people) => {
    expect([...mergeReports(listed(...callSids), of(...reports), WINDOWS)]).toEqual(people);
  });
});

describe('a report that has expired', () => {
  it.each<[string, string[], Report, boolean]>([
    ['contradicts a list with a caller who left', ['a', 'b'], report(false, 2000), true],
    ['contradicts a list without a caller who joined', ['a'], report(true, 15_000), true],
    ['does not contradict a list that agrees with it', ['a'], report(false, 2000), false],
    ['contradicts no list before it has expired', ['a', 'b'], report(false, 1999), false],
    [
      'contradicts no list once its call is known to be over',
      ['b'],
      { ...report(true, 15_000), isCallOver: true },
      false,
    ],
  ])('%s', (_case, callSids, one, isContradicted) => {
    expect(takeContradictions(listed(...callSids), of(one), WINDOWS)).toEqual(isContradicted ? [one] : []);
  });

  it('is kept while a callback may be late, and is then dropped if the list agrees with it', () => {
    const young = of(report(false, 9999));
    takeContradictions(listed('a'), young, WINDOWS);
    expect(young.size).toBe(1);
    const old = of(report(false, 10_000));
    takeContradictions(listed('a'), old, WINDOWS);
    expect(old.size).toBe(0);
  });
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
