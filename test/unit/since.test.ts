import { expect, it } from 'vitest';
import { parseSince } from '../../src/recordings/since.js';

const NOW = Date.UTC(2026, 10, 24, 12);

it.each([
  ['30m', Date.UTC(2026, 10, 24, 11, 30)],
  ['24h', Date.UTC(2026, 10, 23, 12)],
  ['7d', Date.UTC(2026, 10, 17, 12)],
  ['2w', Date.UTC(2026, 10, 10, 12)],
  ['2026-11-01', Date.UTC(2026, 10, 1)],
  ['2026-11-01T10:30', Date.UTC(2026, 10, 1, 10, 30)],
  ['2026-11-01T10:30Z', Date.UTC(2026, 10, 1, 10, 30)],
  ['2026-11-01T10:30:15', Date.UTC(2026, 10, 1, 10, 30, 15)],
  ['2026-11-01T10:30:15Z', Date.UTC(2026, 10, 1, 10, 30, 15)],
  ['2026-11-01T10:30:15.5+02:00', Date.UTC(2026, 10, 1, 8, 30, 15, 500)],
])('%s is a moment in the past', (text, at) => {
  expect(parseSince(text, NOW)).toBe(at);
});

it.each([
  '',
  'yesterday',
  '7',
  '7x',
  '-7d',
  '2026-02-31',
  '2026-02-31T10:00Z',
  '2026-11-01T25:00',
  '2026-11-01 10:30',
  '24.11.2026',
  'd',
])('%j is none', (text) => {
  expect(parseSince(text, NOW)).toBeUndefined();
});
