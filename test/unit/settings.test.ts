import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readSettings, SettingsError } from '../../src/settings/settings.js';

const GOOD = {
  SIGNALWIRE_SPACE_URL: 'example.signalwire.com',
  SIGNALWIRE_PROJECT_ID: 'b3877c40-da60-4998-90ad-b792e98472af',
  SIGNALWIRE_API_TOKEN: 'PT-secret-token',
  SIGNALWIRE_SIGNING_KEY: 'PSK-secret-key',
  PUBLIC_URL: 'https://recorder.example.com',
};

function mistakesOf(env: Record<string, string | undefined>): string[] {
  try {
    readSettings(env);
  } catch (error) {
    if (error instanceof SettingsError)
      return error.message
        .split('\n')
        .slice(1)
        .map((line) => line.trim());
    throw error;
  }
  return [];
}

describe('the settings', () => {
  it('have defaults for everything optional', () => {
    expect(readSettings(GOOD)).toEqual({
      spaceUrl: 'https://example.signalwire.com',
      projectId: 'b3877c40-da60-4998-90ad-b792e98472af',
      apiToken: 'PT-secret-token',
      signingKeys: ['PSK-secret-key'],
      publicUrl: 'https://recorder.example.com',
      ngrok: undefined,
      port: 3000,
      host: '0.0.0.0',
      phoneNumber: undefined,
      minParticipants: 2,
      pauseBehavior: 'skip',
      countHeld: true,
      announcement: undefined,
      alertUrl: undefined,
      conferenceName: undefined,
      conferencePrefix: 'recorded-',
      resyncIntervalMs: 30_000,
      statusPassword: undefined,
      logLevel: 'info',
    });
  });

  it('take the status password literally, and treat a blank one as none', () => {
    expect(readSettings({ ...GOOD, STATUS_PASSWORD: 'open: sesame' }).statusPassword).toBe('open: sesame');
    for (const blank of ['', '  '])
      expect(readSettings({ ...GOOD, STATUS_PASSWORD: blank }).statusPassword).toBeUndefined();
  });

  it.each([
    ['example.signalwire.com', 'https://example.signalwire.com'],
    ['https://example.signalwire.com/', 'https://example.signalwire.com'],
    ['http://127.0.0.1:4010', 'http://127.0.0.1:4010'],
    ['http://localhost:4010', 'http://localhost:4010'],
    ['http://[::1]:4010', 'http://[::1]:4010'],
  ])('accept the space URL %s', (given, spaceUrl) => {
    expect(readSettings({ ...GOOD, SIGNALWIRE_SPACE_URL: given }).spaceUrl).toBe(spaceUrl);
  });

  it.each([
    ['https://Recorder.Example.com/', 'https://Recorder.Example.com'],
    ['HTTPS://Recorder.Example.COM:8443/Recorder', 'https://Recorder.Example.COM:8443/Recorder'],
    ['https://S', 'https://S'],
    ['https://Bücher.example', 'https://xn--bcher-kva.example'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
    ['https://example.com:443/recorder/', 'https://example.com/recorder'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
    ['https://recorder.example.com/?', 'https://recorder.example.com'],
  ])('normalise the public URL %s to the form that SignalWire signs', (given, publicUrl) => {
    expect(readSettings({ ...GOOD, PUBLIC_URL: given }).publicUrl).toBe(publicUrl);
  });

  it('convert the project ID to lower case, as in webhooks', () => {
    const env = { ...GOOD, SIGNALWIRE_PROJECT_ID: GOOD.SIGNALWIRE_PROJECT_ID.toUpperCase() };
    expect(readSettings(env).projectId).toBe(GOOD.SIGNALWIRE_PROJECT_ID);
  });

  it.each(['+15551234567', ' +1 (555) 123-4567 ', '+1.555.123.4567'])('accept the phone number %j', (given) => {
    expect(readSettings({ ...GOOD, SIGNALWIRE_PHONE_NUMBER: given }).phoneNumber).toBe('+15551234567');
  });

  it('accept ngrok in place of a public URL', () => {
    const env = { ...GOOD, PUBLIC_URL: '', NGROK_AUTHTOKEN: 'token', NGROK_DOMAIN: 'example.ngrok.app' };
    const settings = readSettings(env);
    expect(settings.publicUrl).toBeUndefined();
    expect(settings.ngrok).toEqual({ authtoken: 'token', domain: 'example.ngrok.app' });
  });

  it('ignore white space around a token, also what a text editor or a web page adds', () => {
    const env = { ...GOOD, SIGNALWIRE_API_TOKEN: '\ufeffPT-secret-token\u00a0\r' };
    expect(readSettings(env).apiToken).toBe('PT-secret-token');
  });

  it.each(['https://hooks.example.com/services/T0/B0/secret?a=1', 'http://bridge:8080/'])(
    'accept the alert URL %s',
    (url) => {
      expect(readSettings({ ...GOOD, ALERT_URL: ` ${url} ` }).alertUrl).toBe(url);
    },
  );

  it.each([
    ['This call is recorded.', undefined, { say: 'This call is recorded.', language: undefined }],
    [' Aufgezeichnet: "ja". ', 'de-DE', { say: 'Aufgezeichnet: "ja".', language: 'de-DE' }],
    ['HTTPS://example.com/recorded.mp3?a=1', undefined, { play: 'HTTPS://example.com/recorded.mp3?a=1' }],
    ['https://example.com/recorded.mp3', 'de-DE', { play: 'https://example.com/recorded.mp3' }],
  ])('accept the announcement %j', (ANNOUNCEMENT, ANNOUNCEMENT_LANGUAGE, announcement) => {
    expect(readSettings({ ...GOOD, ANNOUNCEMENT, ANNOUNCEMENT_LANGUAGE })).toMatchObject({ announcement });
  });

  it('do not need a signing key if ALLOW_UNSIGNED_WEBHOOKS is true', () => {
    const env = { ...GOOD, ALLOW_UNSIGNED_WEBHOOKS: 'true' };
    expect(readSettings({ ...env, SIGNALWIRE_SIGNING_KEY: undefined }).signingKeys).toEqual([]);
    expect(readSettings(env).signingKeys).toEqual([]);
  });

  it.each([
    ['PSK-old,PSK-new', ['PSK-old', 'PSK-new']],
    [' PSK-old , PSK-new, ', ['PSK-old', 'PSK-new']],
  ])('accept several signing keys: %j', (given, signingKeys) => {
    expect(readSettings({ ...GOOD, SIGNALWIRE_SIGNING_KEY: given }).signingKeys).toEqual(signingKeys);
  });

  it.each<[string, string | undefined, RegExp]>([
    ['SIGNALWIRE_SPACE_URL', undefined, /missing.*example\.signalwire\.com/],
    ['SIGNALWIRE_SPACE_URL', 'example', /host or URL/],
    ['SIGNALWIRE_SPACE_URL', 'http://example.signalwire.com', /https:\/\//],
    ['SIGNALWIRE_SPACE_URL', 'https://example.signalwire.com/dashboard', /without a path/],
    ['SIGNALWIRE_SPACE_URL', 'not a host', /host or URL/],
    ['SIGNALWIRE_SPACE_URL', '"example.signalwire.com"', /without quotes/],
    ['SIGNALWIRE_PROJECT_ID', undefined, /missing/],
    ['SIGNALWIRE_PROJECT_ID', 'my-project', /UUID/],
    ['SIGNALWIRE_PROJECT_ID', `'${GOOD.SIGNALWIRE_PROJECT_ID}'`, /without quotes/],
    ['SIGNALWIRE_PROJECT_ID', `${GOOD.SIGNALWIRE_PROJECT_ID}\u200b`, /invisible character/],
    ['SIGNALWIRE_API_TOKEN', '', /missing/],
    ['SIGNALWIRE_API_TOKEN', '  ', /missing/],
    ['SIGNALWIRE_API_TOKEN', '"PT-secret-token"', /without quotes/],
    ['SIGNALWIRE_API_TOKEN', '\u201cPT secret\u201d', /without quotes/],
    ['SIGNALWIRE_API_TOKEN', 'PT-secret\u200b-token', /invisible character/],
    ['SIGNALWIRE_API_TOKEN', '\u200b', /invisible character/],
    ['SIGNALWIRE_API_TOKEN', 'PT-secret\ufeff-token', /invisible character/],
    ['SIGNALWIRE_API_TOKEN', 'PT-secret\u00a0token', /invisible character/],
    ['SIGNALWIRE_API_TOKEN', 'PT-secret\u0000token', /invisible character/],
    ['SIGNALWIRE_API_TOKEN', 'PT-secret token', /a space/],
    ['SIGNALWIRE_API_TOKEN', 'PSK-secret-key', /is a signing key.*not an API token/],
    ['SIGNALWIRE_SIGNING_KEY', undefined, /missing.*ALLOW_UNSIGNED_WEBHOOKS/],
    ['SIGNALWIRE_SIGNING_KEY', ' , ', /missing.*ALLOW_UNSIGNED_WEBHOOKS/],
    ['SIGNALWIRE_SIGNING_KEY', '"k1", k2', /without quotes/],
    ['SIGNALWIRE_SIGNING_KEY', 'k1 k2', /several separated by commas/],
    ['SIGNALWIRE_SIGNING_KEY', 'k1, k\u200b2', /invisible character/],
    ['NGROK_AUTHTOKEN', '"token"', /without quotes/],
    ['NGROK_AUTHTOKEN', 'to\u2060ken', /invisible character/],
    ['ALLOW_UNSIGNED_WEBHOOKS', 'yes', /true, false/],
    ['SIGNALWIRE_PHONE_NUMBER', '5551234567', /E\.164/],
    ['SIGNALWIRE_PHONE_NUMBER', '+0551234567', /E\.164/],
    ['SIGNALWIRE_PHONE_NUMBER', '+1555123456789012', /E\.164/],
    ['SIGNALWIRE_PHONE_NUMBER', '+1555CALLME', /E\.164/],
    ['PUBLIC_URL', undefined, /PUBLIC_URL.*NGROK_AUTHTOKEN/],
    ['PUBLIC_URL', 'recorder.example.com', /complete URL/],
    ['PUBLIC_URL', '"https://recorder.example.com"', /without quotes/],
    ['PUBLIC_URL', 'http://recorder.example.com', /https:\/\//],
    ['PUBLIC_URL', 'ftp://127.0.0.1', /https:\/\//],
    ['PUBLIC_URL', 'https://recorder.example.com/?a=1', /query/],
    ['PUBLIC_URL', 'https://recorder.example.com/inbound', /without \/inbound/],
    ['STATUS_PASSWORD', '"open sesame"', /without quotes/],
    ['ALERT_URL', 'hooks.example.com/secret', /https:\/\//],
    ['ANNOUNCEMENT', 'x'.repeat(4097), /4096 characters/],
    ['ANNOUNCEMENT', 'recorded\u0007', /control characters/],
    ['ANNOUNCEMENT', 'two\nlines', /one line/],
    ['ANNOUNCEMENT', 'http://example.com/a.mp3', /https:\/\//],
    ['ANNOUNCEMENT', 'https://', /https:\/\//],
    ['ANNOUNCEMENT', 'https:/example.com/a.mp3', /https:\/\//],
    ['ANNOUNCEMENT', 'https://example.com/a.mp3 is played', /https:\/\//],
    ['ANNOUNCEMENT', 'example.com/a.mp3', /https:\/\//],
    ['ANNOUNCEMENT', '"This call is recorded."', /without quotes/],
    ['ANNOUNCEMENT', 'False', /or empty for none/],
    ['ANNOUNCEMENT_LANGUAGE', 'german please', /de-DE/],
    ['ALERT_URL', '"https://hooks.example.com/secret"', /without quotes/],
    ['ALERT_URL', 'https://me:secret@hooks.example.com/', /password/],
    ['REDIS_URL', 'localhost:6379', /redis:\/\//],
    ['REDIS_URL', '"redis://localhost"', /without quotes/],
    ['REDIS_URL', 'redis://localhost/secret', /number of a database/],
    ['REDIS_URL', 'redis://:secret%@localhost', /%25/],
    ['PUBLIC_URL', 'https://:password@recorder.example.com', /credentials/],
    ['NGROK_DOMAIN', 'https://example.ngrok.app', /host name/],
    ['PORT', '65536', /from 0 to 65535/],
    ['PORT', '3000x', /whole number/],
    ['HOST', 'http://127.0.0.1', /address or a host name/],
    ['MIN_PARTICIPANTS', '0', /1 or more/],
    ['MIN_PARTICIPANTS', '1.5', /whole number/],
    ['PAUSE_BEHAVIOR', 'mute', /skip, silence/],
    ['CONFERENCE_NAME', 'x'.repeat(56), /64 characters/],
    ['CONFERENCE_NAME', 'a\u0001b', /XML/],
    ['CONFERENCE_PREFIX', 'x'.repeat(29), /28 characters/],
    ['CONFERENCE_PREFIX', 'a\u0001b', /XML/],
    ['SWEEP_INTERVAL_SECONDS', '-1', /whole number/],
    ['SWEEP_INTERVAL_SECONDS', '86401', /from 0 to 86400/],
    ['LOG_LEVEL', 'loud', /fatal, error, warn, info, debug, trace, silent/],
  ])('reject %s=%j with a message that says what is valid', (name, value, sentence) => {
    const mistakes = mistakesOf({ ...GOOD, [name]: value });
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toMatch(new RegExp(`^${name} `));
    expect(mistakes[0]).toMatch(sentence);
  });

  it('report every mistake at once', () => {
    const names = mistakesOf({ PORT: 'x', CONFERENCE_NAME: 'x'.repeat(65) }).map((line) => line.split(' ')[0]);
    expect(names).toEqual([
      'SIGNALWIRE_SPACE_URL',
      'SIGNALWIRE_PROJECT_ID',
      'SIGNALWIRE_API_TOKEN',
      'PORT',
      'SIGNALWIRE_SIGNING_KEY',
      'PUBLIC_URL',
      'CONFERENCE_NAME',
    ]);
  });

  it('never repeat a value in a message, because it may be a secret in the wrong place', () => {
    const secret = 'PT-secret-in-the-wrong-place';
    const everything = Object.fromEntries(
      Object.keys(GOOD)
        .concat('PORT', 'LOG_LEVEL')
        .map((name) => [name, secret]),
    );
    expect(mistakesOf(everything).join('\n')).not.toContain(secret);
  });

  it('are all in .env.example, each below a comment', () => {
    const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
    const listed = [...example.matchAll(/^# .+\n#? ?([A-Z_]+)=/gm)].map(([, name]) => name);
    const source = readFileSync(new URL('../../src/settings/settings.ts', import.meta.url), 'utf8');
    const known = [...source.matchAll(/^ {4}([A-Z_]+):/gm)].map(([, name]) => name);
    expect(known.length).toBeGreaterThan(10);
    expect(listed.toSorted()).toEqual(known.toSorted());
  });
});
