import { expect, it } from 'vitest';
import { findDoubts } from '../../src/settings/doubts.js';
import { readSettings } from '../../src/settings/settings.js';

const GOOD = {
  SIGNALWIRE_SPACE_URL: 'example.signalwire.com',
  SIGNALWIRE_PROJECT_ID: '01234567-89ab-4cde-8f01-23456789abcd',
  SIGNALWIRE_API_TOKEN: 'PT-secret',
  SIGNALWIRE_SIGNING_KEY: 'PSK-secret',
  PUBLIC_URL: 'https://recorder.example.com',
};

it.each([
  ['not set', {}],
  ['a sound file', { ANNOUNCEMENT: 'https://example.com/recorded.mp3' }],
])('an announcement language is doubtful if the announcement is %s', (what, given) => {
  const env = { ...GOOD, ANNOUNCEMENT_LANGUAGE: 'de-DE', ...given };
  const sentence = `ANNOUNCEMENT_LANGUAGE has no effect, because ANNOUNCEMENT is ${what}.`;
  expect(findDoubts(readSettings(env), env)).toEqual([sentence]);
});

it('an announcement language with a sentence is not doubtful, and neither is none', () => {
  const env = { ...GOOD, ANNOUNCEMENT: 'Wird aufgezeichnet.', ANNOUNCEMENT_LANGUAGE: 'de-DE' };
  expect(findDoubts(readSettings(env), env)).toEqual([]);
  expect(findDoubts(readSettings(GOOD), GOOD)).toEqual([]);
});
