import { describe, expect, it } from 'vitest';
import { formatSummary, formatTable } from '../../src/rehearsal/table.js';

const FINDINGS = [
  { id: 'one', what: 'a paused recording reads', assumes: 'anything', value: 'paused', verdict: 'ok', note: null },
  {
    id: 'two',
    what: 'lists lag',
    assumes: 'at most 15 s',
    value: { atLeastMs: 16_000, atMostMs: 17_000 },
    verdict: 'not ok',
    note: 'So one person alone may be recorded for that long.',
  },
  { id: 'three', what: 'a resumed recording reads', assumes: 'anything', value: null, verdict: 'unknown', note: null },
  {
    id: 'four',
    what: 'a conference reads',
    assumes: 'anything',
    value: null,
    verdict: 'unknown',
    note: 'It was too new.',
  },
] as const;

describe('the table of a rehearsal', () => {
  it('has a row for each thing that was seen, with its note below', () => {
    const text = formatTable(FINDINGS);
    expect(text).toMatch(/^a paused recording reads +paused +anything +ok$/m);
    expect(text).toMatch(/^lists lag +16\.0 to 17\.0 s +at most 15 s +NOT OK\n {4}So one person alone/m);
    expect(text).toMatch(/^a conference reads +not known +anything +\?\n {4}It was too new\.$/m);
    expect(text).not.toContain('a resumed recording');
  });

  it.each([60, 80, 100, 130, 131, 200])('fits a terminal of %i columns', (columns) => {
    const widths = formatTable(FINDINGS, columns)
      .split('\n')
      .map(({ length }) => length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(columns);
  });

  it('is as wide as without a terminal on one that says it has 0 columns', () => {
    expect(formatTable(FINDINGS, 0)).toBe(formatTable(FINDINGS));
    expect(formatSummary(FINDINGS, 0)).toBe(formatSummary(FINDINGS));
  });

  it.each([1, 11, 12, 20])('is printed word by word on a terminal of %i columns', (columns) => {
    expect(formatTable(FINDINGS, columns)).toContain('NOT OK');
    expect(formatSummary(FINDINGS, columns)).toContain('1 NOT OK');
  });

  it('says what fits, and of what nothing was seen', () => {
    expect(formatSummary(FINDINGS)).toBe(
      '1 of 4 are ok, 1 NOT OK, 2 not known. Nothing was seen of these:\na resumed recording reads.',
    );
  });
});
