import { describe, expect, it } from 'vitest';
import { nameFault } from '../../src/rooms/names.js';

describe('a conference name', () => {
  it.each(['recorded-sales', 'x'.repeat(64), '😀'.repeat(64), 'a & <b> "c"'])('may be %s', (name) => {
    expect(nameFault(name)).toBeUndefined();
  });

  it('may not be longer than 64 characters', () => {
    expect(nameFault('x'.repeat(65))).toMatch(/too long.*64/);
  });

  it.each(['\u0000', '\u0001', '\n', '\u007f', '\u0085', '\ud800', '\ufffe', '\uffff'])(
    'may not hold %j',
    (character) => {
      expect(nameFault(`a${character}b`)).toMatch(/XML/);
    },
  );
});
