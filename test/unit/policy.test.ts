import { describe, expect, it } from 'vitest';
import {
  isNews,
  mayBePaused,
  needsWrite,
  type Word,
  type Write,
  wantedState,
  whoIsIn,
} from '../../src/conferences/policy.js';

const NOW = 1_700_000_000_000;
const word = (isIn: boolean, heardAt = NOW, happenedAt = heardAt): Word => ({ isIn, heardAt, happenedAt });
const acknowledged = (state: Write['state'], insists = false): Write => ({ state, outcome: 'acknowledged', insists });
const failed = (state: Write['state']): Write => ({ state, outcome: 'failed', insists: false });
const sent = (state: Write['state']): Write => ({ state, outcome: 'sent', insists: false });

describe('what the recording should do', () => {
  it.each([
    [0, 2, 'paused'],
    [1, 2, 'paused'],
    [2, 2, 'in-progress'],
    [3, 2, 'in-progress'],
    [1, 1, 'in-progress'],
    [2, 3, 'paused'],
  ] as const)('%i people of at least %i: %s', (people, least, state) => {
    expect(wantedState(people, least)).toBe(state);
  });
});

describe('who is in', () => {
  it.each<[string, string[], [string, Word][], string[]]>([
    ['the list alone', ['a', 'b'], [], ['a', 'b']],
    ['somebody who left and is still on the list', ['a', 'b'], [['b', word(false)]], ['a']],
    ['somebody who joined and is not on the list yet', ['a'], [['b', word(true)]], ['a', 'b']],
    ['a word that has run out, of a leave', ['a', 'b'], [['b', word(false, NOW - 2001)]], ['a', 'b']],
    ['a word that has run out, of a join', ['a'], [['b', word(true, NOW - 2001)]], ['a']],
    ['a word at the end of its time', ['a'], [['b', word(true, NOW - 2000)]], ['a', 'b']],
  ])('%s', (_case, listed, words, people) => {
    expect([...whoIsIn(listed, new Map(words), NOW - 2000)]).toEqual(people);
  });
});

describe('whether a word is news', () => {
  it.each<[string, Word, Word | undefined, boolean]>([
    ['the first of a caller', word(true), undefined, true],
    ['a join that is ten seconds old', word(true, NOW, NOW - 10_000), undefined, true],
    ['a join that is older', word(true, NOW, NOW - 10_001), undefined, false],
    ['a leave that is older', word(false, NOW, NOW - 10_001), undefined, false],
    ['a join after a leave', word(true, NOW, NOW), word(false, NOW, NOW - 1000), true],
    ['a join that a leave has overtaken', word(true, NOW, NOW - 1000), word(false), false],
    ['a join in the same second as a leave', word(true), word(false), false],
    ['a leave in the same second as a join', word(false), word(true), true],
    ['a leave that a join has overtaken', word(false, NOW, NOW - 1000), word(true), false],
    ['the same join once more', word(true, NOW + 1000, NOW), word(true), false],
    ['the same leave once more', word(false, NOW + 1000, NOW), word(false), false],
  ])('%s', (_case, heard, known, news) => {
    expect(isNews(heard, known, 10_000)).toBe(news);
  });
});

describe('whether the recording has to be written', () => {
  it.each<[string, Write['state'], Write['state'], Write[], boolean]>([
    ['it does what it should, and nothing was written', 'paused', 'paused', [], false],
    ['it runs and should not', 'paused', 'in-progress', [], true],
    ['it is paused and should run', 'in-progress', 'paused', [], true],
    [
      'the read agrees, but the last write says otherwise',
      'in-progress',
      'in-progress',
      [acknowledged('paused')],
      true,
    ],
    ['the read agrees, but a lost write may say otherwise', 'in-progress', 'in-progress', [failed('paused')], true],
    ['the read and the write agree', 'paused', 'paused', [acknowledged('paused')], false],
    ['the read contradicts a write', 'paused', 'in-progress', [acknowledged('paused')], true],
    ['the read goes on contradicting it', 'paused', 'in-progress', [acknowledged('paused', true)], false],
    ['the read contradicts a write that got lost', 'paused', 'in-progress', [failed('paused')], true],
    [
      'a resume got lost after a pause that reads never showed',
      'in-progress',
      'in-progress',
      [acknowledged('paused', true), failed('in-progress')],
      true,
    ],
  ])('%s', (_case, wanted, read, writes, needed) => {
    expect(needsWrite(wanted, read, writes)).toBe(needed);
  });
});

describe('whether the recording may be paused', () => {
  it.each<[string, Write['state'] | undefined, Write[], boolean]>([
    ['nothing is known', undefined, [], false],
    ['it was read running', 'in-progress', [], false],
    ['it was read paused', 'paused', [], true],
    ['a pause is on its way', 'in-progress', [sent('paused')], true],
    ['a resume is on its way', 'paused', [sent('in-progress')], false],
    ['a pause was acknowledged', undefined, [acknowledged('paused')], true],
    ['a pause was acknowledged, and reads say otherwise', 'in-progress', [acknowledged('paused', true)], true],
    ['a resume was acknowledged', undefined, [acknowledged('in-progress')], false],
    ['a resume was acknowledged, and reads say otherwise', 'paused', [acknowledged('in-progress', true)], true],
    ['a resume got lost', undefined, [failed('in-progress')], true],
  ])('%s', (_case, read, writes, maybe) => {
    expect(mayBePaused(read, writes)).toBe(maybe);
  });
});
