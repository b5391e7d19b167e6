import { afterEach, describe, expect, it } from 'vitest';
import { parseTimestamp } from '../../src/http/webhooks/timestamp.js';

const WHEN = Date.UTC(2023, 7, 30, 17, 12, 3);

describe('a Timestamp', () => {
  const zone = process.env.TZ;
  afterEach(() => {
    // Node reads TZ again whenever it is set. Only deleting unsets it.
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  it.each([
    'Wed, 30 Aug 2023 17:12:03 +0000',
    'Wed, 30 Aug 2023 17:12:03 GMT',
    'Wed, 30 Aug 2023 17:12:03 UTC',
    'Wed, 30 Aug 2023 17:12:03 Z',
    'Wed, 30 Aug 2023 19:12:03 +0200',
    'Wed, 30 Aug 2023 12:12:03 -05:00',
    '30 Aug 2023 17:12:03 -0000',
    '2023-08-30T17:12:03Z',
    '2023-08-30T17:12:03.000Z',
    '2023-08-30T19:12:03+02:00',
    '2023-08-30T12:12:03-0500',
    '2023-08-30 17:12:03 UTC',
    '2023-08-30 17:12:03 GMT',
    '2023-08-30 17:12:03 +0000',
  ])("is read independently of the machine's time zone: %s", (text) => {
    for (const here of ['UTC', 'America/New_York', 'Asia/Kolkata']) {
      process.env.TZ = here;
      expect(parseTimestamp(text)).toBe(WHEN);
    }
  });

  it('may have milliseconds, or a day of one digit', () => {
    expect(parseTimestamp('2023-08-30T17:12:03.25Z')).toBe(WHEN + 250);
    expect(parseTimestamp('Sat, 5 Aug 2023 17:12:03 +0000')).toBe(Date.UTC(2023, 7, 5, 17, 12, 3));
  });

  it.each([
    '',
    'now',
    '0',
    '1693415523',
    '2023',
    '2023-08-30',
    '2023-08-30Z',
    '2023-08-30T17:12:03',
    '2023-08-30 17:12:03',
    '2023-08-30T17:12:03 EST',
    '2023-08-30T17:12:03+02',
    '2023-08-30T25:12:03Z',
    'Wed, 30 Aug 2023 17:12:03',
    'Wed, 30 Aug 2023 17:12:03 +00',
    'Wed, 30 Aug 2023 17:12:03 EST',
    'Wed, 30 Aug 2023 17:12:03  0000',
    'Wed, 30 Foo 2023 17:12:03 +0000',
    'Wed, 30 Aug 2023',
    ' Wed, 30 Aug 2023 17:12:03 +0000',
    'Wed, 30 Aug 2023 17:12:03 +0000\n',
    'x Wed, 30 Aug 2023 17:12:03 +0000',
    'Wed Aug 30 2023 17:12:03 GMT+0200',
    '08/30/2023 17:12:03 +0000',
  ])('counts as absent: %j', (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });
});
