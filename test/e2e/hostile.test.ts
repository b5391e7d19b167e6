import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import pino from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startService } from '../../src/service.js';
import { eventually } from '../support/eventually.js';
import { bytesInUse } from '../support/heap.js';
import { rawRequest } from '../support/raw-request.js';
import { liveConference, loopbackTunnel, settingsFor } from '../support/service-beside-simulator.js';
import { sign, signJson } from '../support/sign.js';
import { simulated } from '../support/simulated.js';
import { recordingStatus } from '../support/space-state.js';
import { FAST, known } from '../support/two-people.js';
import { wrongRecordings } from '../support/wrong-recordings.js';

const REQUESTS = 10_000;

/** A request, before it is serialised. */
interface Hostile {
  method: string;
  path: string;
  headers: string[];
  form: [name: string, value: string][];
  /** Sent instead of the form. */
  body: Buffer | undefined;
  isSigned: boolean;
}

const NAMES = ['ConferenceSid', 'CallSid', 'StatusCallbackEvent', 'FriendlyName', 'Timestamp', 'AccountSid', 'room'];
const MORE_NAMES = [
  'RecordingSid',
  'RecordingStatus',
  'RecordingUrl',
  '__proto__',
  'constructor',
  'a[b]',
  'toString',
  '',
];
const VALUES = [
  'participant-join',
  'participant-leave',
  'conference-end',
  'conference-start',
  'in-progress',
  'completed',
];
const MORE_VALUES = ['stopped', '\0', '<x>&amp;', '-1', 'NaN', '%', '%E0%A4%A', 'x'.repeat(2000), '💥', '\ud800', ''];

/** @param sids SIDs that exist */
function hostile(sids: string[]): fc.Arbitrary<Hostile> {
  const value = fc.oneof(fc.constantFrom(...VALUES, ...MORE_VALUES), fc.constantFrom(...sids), fc.uuid(), fc.string());
  const pair = fc.tuple(fc.oneof(fc.constantFrom(...NAMES, ...MORE_NAMES), fc.string()), value);
  // The parameters that SignalWire sends, with wrong values.
  const nearlyRight = fc
    .record({
      ConferenceSid: fc.oneof(fc.constantFrom(...sids), fc.uuid()),
      CallSid: fc.oneof(fc.constantFrom(...sids), fc.uuid()),
      RecordingSid: fc.oneof(fc.constantFrom(...sids), fc.uuid()),
      StatusCallbackEvent: fc.constantFrom(...VALUES),
      RecordingStatus: fc.constantFrom(...VALUES, ...MORE_VALUES),
      FriendlyName: fc.oneof(fc.constantFrom('recorded-x', 'theirs'), fc.string()),
      Timestamp: fc.oneof(
        fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
        fc.string(),
      ),
    })
    .map((form) => Object.entries(form));
  const path = fc.oneof(
    { arbitrary: fc.constantFrom('/inbound', '/callback', '/store_recording_sid'), weight: 6 },
    {
      arbitrary: fc.constantFrom('/healthz', '/', '/%', '/%00', '//', '/callback/', '/../etc/passwd', '*', '?'),
      weight: 1,
    },
    { arbitrary: fc.string().map((text) => `/${text.replaceAll(/\s/g, '')}`), weight: 1 },
  );
  const query = fc.oneof(
    { arbitrary: fc.constant(''), weight: 3 },
    { arbitrary: pair.map(([name, text]) => `?${new URLSearchParams({ [name]: text })}`), weight: 1 },
    {
      arbitrary: fc.constantFrom('?%', '?room=%E0%A4%A', '?room=a&room=b', '?__proto__[x]=1', `?${'q'.repeat(9000)}`),
      weight: 1,
    },
  );
  const json = fc.oneof(
    nearlyRight.map((form) => JSON.stringify(Object.fromEntries(form))),
    fc.json(),
  );
  const junk = fc.oneof(
    json.map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.constantFrom(
      Buffer.alloc(70_000, 'a=b&'),
      gzipSync('a=b'),
      gzipSync(Buffer.alloc(200_000)),
      Buffer.from('{"a":'),
      Buffer.from('{"__proto__":"x","constructor":"y"}'),
    ),
  );
  const headers = fc.subarray(
    [
      'Content-Encoding: gzip',
      'Content-Encoding: br',
      'Content-Encoding: nonsense',
      'Content-Type: application/json',
      'Content-Type: application/x-www-form-urlencoded; charset=utf-7',
      'Content-Type: multipart/form-data; boundary=x',
      'X-SignalWire-Signature: AAAA',
      'X-Forwarded-Host: evil.example.com',
      'Expect: 100-continue',
      'Transfer-Encoding: chunked',
      `Cookie: ${'c'.repeat(20_000)}`,
    ],
    { maxLength: 2 },
  );
  return fc.record({
    method: fc.oneof(
      { arbitrary: fc.constantFrom('POST', 'GET'), weight: 6 },
      {
        arbitrary: fc.constantFrom('HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT', 'PROPFIND', 'FOO', 'get'),
        weight: 1,
      },
    ),
    path: fc.tuple(path, query).map((parts) => parts.join('')),
    headers: fc.oneof(fc.constant<string[]>([]), headers),
    form: fc.oneof(fc.array(pair, { maxLength: 8 }), nearlyRight),
    body: fc.oneof({ arbitrary: fc.constant(undefined), weight: 3 }, { arbitrary: junk, weight: 1 }),
    isSigned: fc.boolean(),
  });
}

/** Serialises a request. */
function bytesOf({ method, path, headers, form, body, isSigned }: Hostile, url: string, signingKey: string): Buffer {
  const content = body ?? Buffer.from(new URLSearchParams(form).toString());
  const sent = method === 'POST' ? content : Buffer.alloc(0);
  const lines = [
    `${method} ${path} HTTP/1.1`,
    'Host: x',
    'Connection: close',
    `Content-Length: ${sent.length}`,
    ...headers,
  ];
  if (!headers.some((header) => header.startsWith('Content-Type'))) {
    lines.push('Content-Type: application/x-www-form-urlencoded');
  }
  if (isSigned) {
    // The service reads the form as UTF-8.
    const read = Object.fromEntries(new URLSearchParams(content.toString()));
    const isJson = method === 'POST' && headers.includes('Content-Type: application/json');
    const signature = isJson
      ? signJson(signingKey, url + path, content)
      : sign(signingKey, url + path, method === 'POST' ? read : {});
    lines.push(`X-SignalWire-Signature: ${signature}`);
  }
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), sent]);
}

describe('ten thousand hostile requests', () => {
  it('get neither a 5xx nor a stack trace, and leave no damage and no memory behind', async () => {
    const simulator = await simulated();
    const settings = settingsFor(simulator, { resyncIntervalMs: 500 });
    const log = pino({ level: 'silent' });
    const service = await startService({
      settings,
      log,
      openTunnel: loopbackTunnel,
      durations: { ...FAST, missing: 300 },
    });
    onTestFinished(() => service.close());
    const url = service.publicUrl;
    simulator.pointNumber(`${url}/inbound`);
    const first = await simulator.call();
    const second = await simulator.call();
    const conference = liveConference(simulator);
    const sids = [conference.sid, first.sid, second.sid, conference.recordings[0]?.sid ?? '', settings.projectId];

    const seed = 20_240;
    const requests = fc.sample(hostile([...sids, randomUUID()]), { numRuns: REQUESTS, seed });
    const statuses = new Map<string, number>();
    const bad: string[] = [];
    async function send(some: Hostile[]): Promise<void> {
      for (const request of some) {
        const received = await rawRequest(service.port, bytesOf(request, url, simulator.signingKey));
        const answer = received.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '');
        const status = /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 'none';
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        // Node closes the connection of a CONNECT, which only proxies accept.
        const isFine = /^[24]\d\d$/.test(status) || (status === 'none' && request.method === 'CONNECT');
        if (!isFine || /\n {4}at |node_modules|\.js:\d/.test(answer)) {
          bad.push(`${JSON.stringify(request).slice(0, 500)} -> ${answer.slice(0, 300)}`);
        }
      }
    }
    /** Sends a part of the requests, 20 at a time, and returns how many bytes of the heap are in use after that. */
    async function heapAfter(part: Hostile[]): Promise<number> {
      const size = Math.ceil(part.length / 20);
      await Promise.all(
        Array.from({ length: 20 }, (_, sender) => send(part.slice(sender * size, (sender + 1) * size))),
      );
      // Conferences that SignalWire doesn't know are forgotten, except some that a live call was reported to have joined.
      await eventually(async () => expect(await known({ service })).toBeLessThan(10));
      return bytesInUse();
    }

    const quarter = REQUESTS / 4;
    await heapAfter(requests.slice(0, quarter));
    const before = await heapAfter(requests.slice(quarter, 2 * quarter));
    const after = await heapAfter(requests.slice(2 * quarter));
    expect(bad).toEqual([]);
    expect(statuses.get('200')).toBeGreaterThan(REQUESTS / 100);
    // Every kind of answer occurred: signed requests were accepted, and others were not.
    expect([...statuses.keys()].toSorted()).toEqual(
      expect.arrayContaining(['200', '400', '403', '404', '413', '415', '431']),
    );
    // Less than a hundred bytes for each of the last five thousand requests.
    expect(after - before).toBeLessThan(500_000);
    await eventually(() => expect(wrongRecordings(simulator)).toEqual([]));
    simulator.hangUp(second);
    await eventually(() => expect(recordingStatus(conference)).toBe('paused'));
    simulator.hangUp(first);
    await eventually(async () => expect(await known({ service })).toBe(0));
  });
});
