import { describe, expect, it } from 'vitest';
import { createRedactor, redactTexts } from '../../src/rehearsal/redact.js';
import type { Report } from '../../src/rehearsal/report.js';
import { readSettings } from '../../src/settings/settings.js';

const UUID = 'e4c9debd-a888-4194-83f9-6d22efb87a64';
const settings = readSettings({
  SIGNALWIRE_SPACE_URL: 'example.signalwire.com',
  SIGNALWIRE_PROJECT_ID: '51a91a7e-0000-4000-8000-000000004010',
  SIGNALWIRE_API_TOKEN: 'PT-secret-token',
  SIGNALWIRE_SIGNING_KEY: 'PSK-signing-key',
  SIGNALWIRE_PHONE_NUMBER: '+15550100000',
  PUBLIC_URL: 'https://recorder.example.com',
  // As JSON it is written otherwise; and it looks like a number.
  STATUS_PASSWORD: 'pass"word\\12',
});
const redact = createRedactor({ ...settings, alertUrl: undefined }, '+15551234567', '987654');

const REPORT: Report = {
  tool: 'signalwire-conference-recorder',
  version: '0.1.0',
  startedAt: '2026-11-25T12:00:00.123Z',
  failure: null,
  hungUpBy: null,
  calls: 3,
  settings: { pauseBehavior: 'skip', sweepIntervalSeconds: 30, checksSignatures: true },
  failedRequests: 0,
  findings: [],
  webhooks: [],
  reads: {},
  fields: {},
};

describe('the redaction of a report', () => {
  it('leaves numbers and the form alone, even if a number has the digits of a phone or of a secret', () => {
    const numbers = { calls: 15_551_234_567, failedRequests: 987_654, reads: { recording: [] } };
    const report = { ...REPORT, ...numbers };
    expect(redactTexts(report, redact)).toEqual(report);
  });

  it.each([
    ['+15551234567 is busy', '<redacted> is busy'],
    ['tel:15551234567', 'tel:<redacted>'],
    ['From=%2B15550100000', 'From=%2B<redacted>'],
    ['called +4915112345678', 'called <number>'],
    ['called 4915112345678', 'called <number>'],
    [`Conferences/${UUID}`, 'Conferences/<SID>'],
    [`SW-${UUID.toUpperCase()}`, '<SID>'],
    ['CA0123456789abcdef0123456789abcdef', '<SID>'],
    ['PT0123456789abcdef0123456789abcdef01234567', '<SID>'],
    ['the password is pass"word\\12', 'the password is <redacted>'],
    ['https://example.signalwire.com/x', '<redacted>/x'],
  ])('takes what is somebody’s out of: %s', (text, redacted) => {
    const finding = { id: 'x', what: 'x', assumes: 'x', value: text, verdict: 'ok', note: text } as const;
    const [result] = redactTexts({ ...REPORT, failure: text, findings: [finding] }, redact).findings;
    expect(result).toMatchObject({ value: redacted, note: redacted });
  });

  it.each([
    '2026-11-25T12:00:00.123Z',
    'unreadable: 0000000000',
    'unreadable: Aaa, 00 Aaa 0000 00:00:00',
    '0.1234567890123',
  ])('leaves alone what is nobody’s: %s', (text) => expect(redact(text)).toBe(text));
});
