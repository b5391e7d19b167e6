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
  [{ ANNOUNCEMENT_LANGUAGE: 'de-DE' }],
  [{ ANNOUNCEMENT_LANGUAGE: 'de-DE', ANNOUNCEMENT: 'https://example.com/recorded.mp3' }],
])('an announcement language with nothing to speak is doubtful: %j', (given) => {
  const env = { ...GOOD, ...given };
  const sentence = 'ANNOUNCEMENT_LANGUAGE has no effect, because ANNOUNCEMENT is not a sentence.';
  expect(findDoubts(readSettings(env), env)).toEqual([sentence]);
});

it('an announcement language with a sentence is not doubtful, and neither is none', () => {
  const env = { ...GOOD, ANNOUNCEMENT: 'Wird aufgezeichnet.', ANNOUNCEMENT_LANGUAGE: 'de-DE' };
  expect(findDoubts(readSettings(env), env)).toEqual([]);
  expect(findDoubts(readSettings(GOOD), GOOD)).toEqual([]);
});
