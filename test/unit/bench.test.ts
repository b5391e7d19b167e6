import { describe, expect, it } from 'vitest';
import { median, quantile } from '../bench/figures.js';
import { table } from '../bench/table.js';

describe("the bench's table", () => {
  it('shows which goals are met, and why a figure could not be measured', () => {
    const rows = table([
      { what: 'a', ours: '1 ms', guide: '9 ms', limit: '1 ms', ratio: '1.00', wanted: '2 ms', isMet: true },
      { what: 'b', ours: '3 ms', limit: '1 ms', ratio: '3.00', wanted: '2 ms', isMet: false },
      { what: 'c', ours: '5 kB' },
      { what: 'd', ours: '', failure: 'Nobody came.\nAt all.' },
    ]).split('\n');
    const cells = rows.map((row) => row.split('|').map((cell) => cell.trim()));
    expect(cells.slice(2)).toEqual([
      ['', 'a', '1 ms', '9 ms', '1 ms', '1.00', '2 ms', 'met', ''],
      ['', 'b', '3 ms', '', '1 ms', '3.00', '2 ms', 'MISSED', ''],
      ['', 'c', '5 kB', '', '', '', '', '', ''],
      ['', 'd', 'not measured: Nobody came. At all.', '', '', '', '', 'MISSED', ''],
    ]);
    expect(new Set(rows.map(({ length }) => length)).size).toBe(1);
  });
});

describe("the bench's quantiles", () => {
  it('are values that the given share of the values does not exceed', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(median(values)).toBe(51);
    expect(quantile(values, 0.95)).toBe(96);
    expect(quantile([7], 0.99)).toBe(7);
    expect(quantile([], 0.5)).toBeNaN();
  });
});
