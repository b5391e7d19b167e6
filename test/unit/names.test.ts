import { describe, expect, it } from 'vitest';
import { invalidNameReason } from '../../src/rooms/names.js';

describe('a conference name', () => {
  it.each(['recorded-sales', 'x'.repeat(64), '😀'.repeat(64), 'a & <b> "c"'])('may be %s', (name) => {
    expect(invalidNameReason(name)).toBeUndefined();
  });

  it('must not have more than 64 characters', () => {
    expect(invalidNameReason('x'.repeat(65))).toMatch(/too long.*64/);
  });

  it.each(['\u0000', '\u0001', '\n', '\u007f', '\u0085', '\ud800', '\ufffe', '\uffff'])(
    'must not contain %j',
    (character) => {
      expect(invalidNameReason(`a${character}b`)).toMatch(/XML/);
    },
  );
});
