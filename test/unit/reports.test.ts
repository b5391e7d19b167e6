import { describe, expect, it } from 'vitest';
import { addReport, findContradictions, mergeReports, type Report, type Reports } from '../../src/recording/reports.js';

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

describe('whether a report is news', () => {
  it.each<[string, boolean, number, Report | undefined, boolean]>([
    ['the first of a caller', true, 0, undefined, true],
    ['a join after a leave', true, 1000, report(false), true],
    ['a join that a leave has overtaken', true, -1000, report(false), false],
    ['a join in the same second as a leave', true, 0, report(false), false],
    ['a leave in the same second as a join', false, 0, report(true), true],
    ['a leave that a join has overtaken', false, -1000, report(true), false],
    ['the same join once more', true, 0, report(true), false],
    ['the same leave once more', false, 0, report(false), false],
  ])('%s', (_case, isIn, laterMs, known, isNews) => {
    const reports = known ? of(known) : of();
    expect(addReport(reports, { callSid: 'b', isIn, happenedAt: HAPPENED_AT + laterMs }, NOW)).toBe(isNews);
    expect(reports.get('b')?.isIn).toBe(isNews ? isIn : known?.isIn);
  });
});

describe('who is in', () => {
  it.each<[string, string[], Report[], string[]]>([
    ['the list alone', ['a', 'b'], [], ['a', 'b']],
    ['somebody who left and is still listed', ['a', 'b'], [report(false, 1999)], ['a']],
    ['somebody who joined and is not listed yet', ['a'], [report(true, 14_999)], ['a', 'b']],
    ['somebody whose leave has run out', ['a', 'b'], [report(false, 2000)], ['a', 'b']],
    ['somebody whose join has run out', ['a'], [report(true, 15_000)], ['a']],
    ['somebody whose call is over', ['a', 'b'], [{ ...report(false, 60_000), isCallOver: true }], ['a']],
  ])('%s', (_case, callSids, reports, people) => {
    expect([...mergeReports(listed(...callSids), of(...reports), WINDOWS)]).toEqual(people);
  });
});

describe('a report that has run out', () => {
  it.each<[string, string[], Report, boolean]>([
    ['contradicts a list that it says otherwise than', ['a', 'b'], report(false, 2000), true],
    ['contradicts a list that lacks who joined', ['a'], report(true, 15_000), true],
    ['does not contradict a list that agrees', ['a'], report(false, 2000), false],
    ['contradicts nothing before it has run out', ['a', 'b'], report(false, 1999), false],
    [
      'contradicts nothing once its call is known to be over',
      ['b'],
      { ...report(true, 15_000), isCallOver: true },
      false,
    ],
  ])('%s', (_case, callSids, one, isContradicted) => {
    expect(findContradictions(listed(...callSids), of(one), WINDOWS)).toEqual(isContradicted ? [one] : []);
  });

  it('is kept while a callback may come late, and then forgotten where the list agrees', () => {
    const young = of(report(false, 9999));
    findContradictions(listed('a'), young, WINDOWS);
    expect(young.size).toBe(1);
    const old = of(report(false, 10_000));
    findContradictions(listed('a'), old, WINDOWS);
    expect(old.size).toBe(0);
  });
});
