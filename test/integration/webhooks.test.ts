import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readLaml } from '../../src/simulator/read-laml.js';
import { type AppAlone, KEY, PROJECT, PUBLIC_URL, send, startApp } from '../support/app-alone.js';
import { linesFrom } from '../support/log.js';
import { rawRequest } from '../support/raw-request.js';
import { sign, signJson } from '../support/sign.js';

const TRANSPORTS = ['form', 'JSON', 'GET'] as const;
const WEBHOOKS = ['/inbound', '/store_recording_sid', '/callback'] as const;
const FORM = 'application/x-www-form-urlencoded';

/** The parameters that each webhook needs at least. */
function parametersFor(path: string): Record<string, string> {
  if (path === '/inbound') return { CallSid: randomUUID() };
  if (path === '/callback') return { ConferenceSid: randomUUID(), StatusCallbackEvent: 'participant-mute' };
  return { RecordingSid: randomUUID(), RecordingStatus: 'paused' };
}

const isOneLine = (text: string) => /^[^\n<>{]+\n$/.test(text) && !/\bat .+:\d+/.test(text);

const nameIn = async (response: Response) =>
  readLaml(response.headers.get('content-type') ?? '', await response.text()).conference.name;

/** Posts a body without a signature. */
async function post({ url }: AppAlone, path: string, type: string, body: string | Buffer, more = {}) {
  const headers = { ...(type && { 'content-type': type }), ...more };
  const response = await fetch(url + path, { method: 'POST', body: new Uint8Array(Buffer.from(body)), headers });
  return { status: response.status, text: await response.text() };
}

const refusals = ({ log }: AppAlone) => log.filter(({ msg }) => msg === 'request refused');

describe.each(TRANSPORTS)('/inbound, by %s,', (transport) => {
  it('answers with LaML that puts the caller into a recorded conference', async () => {
    const app = await startApp();
    const CallSid = randomUUID();
    const response = await send(app, transport, '/inbound', { CallSid, AccountSid: PROJECT });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/xml; charset=utf-8');
    const { announcements, conference } = readLaml('text/xml', await response.text());
    expect(announcements).toEqual([]);
    expect(conference).toMatchObject({
      name: `recorded-${CallSid}`,
      record: 'record-from-start',
      startConferenceOnEnter: true,
      statusCallback: `${PUBLIC_URL}/callback`,
      statusCallbackEvent: ['start', 'end', 'join', 'leave'],
      recordingStatusCallback: `${PUBLIC_URL}/store_recording_sid`,
      recordingStatusCallbackEvent: ['in-progress', 'completed', 'failed'],
      trim: 'do-not-trim',
    });
    expect(app.callers).toEqual([CallSid]);
  });

  it('takes the room from the query or from CONFERENCE_NAME before it uses the open room', async () => {
    const app = await startApp({ settings: { conferenceName: 'lobby' } });
    const roomOf = async (path: string) => nameIn(await send(app, transport, path, { From: 'x' }));
    expect(await roomOf('/inbound?room=sales%20%26%20co')).toBe('recorded-sales & co');
    expect(await roomOf('/inbound?room=%20sales%20')).toBe('recorded-sales');
    expect(await roomOf('/inbound')).toBe('recorded-lobby');
    expect(await roomOf('/inbound?room=')).toBe('recorded-lobby');
    expect(await roomOf('/inbound?room=%20')).toBe('recorded-lobby');
    expect(app.callers).toEqual([]);
  });

  it('lets callers wait for the first discovery unless they ask for a room', async () => {
    let discovered = () => {};
    const ready = new Promise<void>((resolve) => {
      discovered = resolve;
    });
    const app = await startApp({ ready });
    const waiting = send(app, transport, '/inbound', { CallSid: 'waiting' });
    expect(await nameIn(await send(app, transport, '/inbound?room=sales', { CallSid: 'b' }))).toBe('recorded-sales');
    expect(app.callers).toEqual([]);
    discovered();
    expect(await nameIn(await waiting)).toBe('recorded-waiting');
    expect(app.callers).toEqual(['waiting']);
  });

  it.each([
    ['a room name that is too long', `/inbound?room=${'x'.repeat(56)}`, /64 characters/],
    ['a room name that XML cannot carry', '/inbound?room=a%01b', /XML/],
    ['two room names', '/inbound?room=a&room=b', /room is given more than once/],
    ['a missing CallSid', '/inbound', /CallSid is missing/],
    ['an invalid CallSid', '/inbound?CallSid=mine%2F..', /CallSid is not a SID/],
    ['a CallSid that is too long', `/inbound?CallSid=${'x'.repeat(65)}`, /CallSid is not a SID/],
    ['two CallSids', `/inbound?CallSid=${randomUUID()}&CallSid=${randomUUID()}`, /CallSid is given more than once/],
  ])('rejects %s with a clear message', async (_case, path, sentence) => {
    const app = await startApp();
    const response = await send(app, transport, path, { From: 'x' });
    expect(response.status).toBe(400);
    const text = await response.text();
    expect(text).toMatch(sentence);
    expect(text).toSatisfy(isOneLine);
    expect(app.callers).toEqual([]);
  });
});

describe.each(TRANSPORTS)('/callback, by %s,', (transport) => {
  const conference = { ConferenceSid: 'CF-8a1B', FriendlyName: 'recorded-büro + 💥' };
  const about = { conferenceSid: 'CF-8a1B', name: 'recorded-büro + 💥', callSid: undefined };
  const CallSid = 'CA-8a1B';
  const Timestamp = 'Wed, 30 Aug 2023 17:12:03 +0000';
  const happenedAt = Date.UTC(2023, 7, 30, 17, 12, 3);

  it.each([
    [
      'participant-join',
      { CallSid, Timestamp },
      'participantChanged',
      { change: 'join', callSid: CallSid, happenedAt },
    ],
    [
      'participant-leave',
      { CallSid, Timestamp },
      'participantChanged',
      { change: 'leave', callSid: CallSid, happenedAt },
    ],
    [
      'participant-join',
      { CallSid },
      'participantChanged',
      { change: 'join', callSid: CallSid, happenedAt: undefined },
    ],
    [
      'participant-leave',
      { CallSid, Timestamp: '' },
      'participantChanged',
      { change: 'leave', callSid: CallSid, happenedAt: undefined },
    ],
    [
      'participant-join',
      { CallSid, Timestamp: 'now' },
      'participantChanged',
      { change: 'join', callSid: CallSid, happenedAt: undefined },
    ],
    ['participant-join', { CallSid: '' }, 'conferenceReported', {}],
    ['participant-join', { CallSid: 'a/b' }, 'conferenceReported', {}],
    ['participant-leave', {}, 'conferenceReported', {}],
    ['conference-start', {}, 'conferenceReported', {}],
    ['conference-end', {}, 'conferenceEnded', {}],
    [
      'participant-hold',
      { CallSid, Timestamp },
      'participantChanged',
      { change: 'hold', callSid: CallSid, happenedAt },
    ],
    [
      'participant-unhold',
      { CallSid, Timestamp },
      'participantChanged',
      { change: 'unhold', callSid: CallSid, happenedAt },
    ],
    ['participant-mute', { CallSid }, 'conferenceReported', { callSid: CallSid }],
    ['conference-end', { CallSid }, 'conferenceEnded', { callSid: CallSid }],
    ['conference-record-end', { RecordingSid: 'R' }, 'conferenceReported', {}],
    ['something-new', {}, 'conferenceReported', {}],
    ['Conference-End', {}, 'conferenceReported', {}],
    ['toString', {}, 'conferenceReported', {}],
    ['', {}, 'conferenceReported', {}],
  ])('reports %s with %j as %s', async (event, parameters, report, more) => {
    const app = await startApp();
    const given = { ...conference, StatusCallbackEvent: event, ...parameters };
    const response = await send(app, transport, '/callback', given);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/xml; charset=utf-8');
    expect(await response.text()).toMatch(/<Response\/>$/);
    expect(app.reports).toEqual([[report, { ...about, ...more }]]);
  });

  it('takes the event from EventName if there is no StatusCallbackEvent', async () => {
    const app = await startApp();
    await send(app, transport, '/callback', { ConferenceSid: 'a', EventName: 'conference-end' });
    const both = { ConferenceSid: 'b', EventName: 'conference-end', StatusCallbackEvent: 'conference-start' };
    await send(app, transport, '/callback', both);
    expect(app.reports).toEqual([
      ['conferenceEnded', { conferenceSid: 'a', name: undefined, callSid: undefined }],
      ['conferenceReported', { conferenceSid: 'b', name: undefined, callSid: undefined }],
    ]);
  });

  it.each(['', 'a/b', 'x'.repeat(65)])('rejects the ConferenceSid %j', async (ConferenceSid) => {
    const app = await startApp();
    const response = await send(app, transport, '/callback', { ConferenceSid, StatusCallbackEvent: 'conference-end' });
    expect(response.status).toBe(400);
    expect(await response.text()).toMatch(/^ConferenceSid is (missing|not a SID)\.\n$/);
    expect(app.reports).toEqual([]);
  });
});

describe.each(TRANSPORTS)('/store_recording_sid, by %s,', (transport) => {
  it.each(['in-progress', 'paused', 'completed', 'absent', 'failed', 'something-new', ''])(
    'reports a recording with the status %j',
    async (RecordingStatus) => {
      const app = await startApp();
      const given = { ConferenceSid: 'CF-1', RecordingSid: 'RE-1', RecordingStatus, CallSid: '' };
      expect((await send(app, transport, '/store_recording_sid', given)).status).toBe(200);
      const report = { conferenceSid: 'CF-1', recordingSid: 'RE-1', status: RecordingStatus || undefined };
      expect(app.reports).toEqual([['recordingReported', report]]);
    },
  );

  it.each([{}, { ConferenceSid: '' }, { ConferenceSid: 'a/b' }])(
    'reports a recording without a valid ConferenceSid: %j',
    async (conference) => {
      const app = await startApp();
      const given = { ...conference, RecordingSid: 'RE-1', RecordingStatus: 'in-progress' };
      expect((await send(app, transport, '/store_recording_sid', given)).status).toBe(200);
      const report = { conferenceSid: undefined, recordingSid: 'RE-1', status: 'in-progress' };
      expect(app.reports).toEqual([['recordingReported', report]]);
    },
  );

  it('treats a callback without a RecordingSid as a hint, and rejects one without any SID', async () => {
    const app = await startApp();
    expect((await send(app, transport, '/store_recording_sid', { ConferenceSid: 'CF-1' })).status).toBe(200);
    expect(app.reports).toEqual([
      ['conferenceReported', { conferenceSid: 'CF-1', name: undefined, callSid: undefined }],
    ]);
    const response = await send(app, transport, '/store_recording_sid', { RecordingStatus: 'completed' });
    expect(response.status).toBe(400);
    expect(await response.text()).toBe('RecordingSid is missing.\n');
  });

  it('reports the duration and the URL of a finished recording', async () => {
    const app = await startApp();
    const url = 'https://example.signalwire.com/r';
    const given = { RecordingSid: 'RE-1', RecordingStatus: 'completed', RecordingDuration: '42', RecordingUrl: url };
    await send(app, transport, '/store_recording_sid', given);
    expect(app.reports).toMatchObject([['recordingReported', { recordingSid: 'RE-1', seconds: '42', url }]]);
  });
});

describe.each(WEBHOOKS)('%s', (path) => {
  it.each(TRANSPORTS)('rejects another project, and accepts our project ID in any case, by %s', async (transport) => {
    const app = await startApp();
    const of = async (AccountSid: string) =>
      (await send(app, transport, path, { ...parametersFor(path), AccountSid })).status;
    expect(await of(randomUUID())).toBe(403);
    expect([app.reports, app.callers]).toEqual([[], []]);
    expect(await of(PROJECT.toUpperCase())).toBe(200);
  });

  it('answers 404 to other methods', async () => {
    const { url } = await startApp();
    for (const method of ['PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']) {
      expect((await fetch(url + path, { method })).status).toBe(404);
    }
  });

  it.each([
    ['a form over 64 kB', FORM, `a=${'x'.repeat(64 * 1024)}`, {}, 413, /64 kB/],
    ['JSON over 64 kB', 'application/json', `{"a":"${'x'.repeat(64 * 1024)}"}`, {}, 413, /64 kB/],
    ['a form with too many parameters', FORM, 'a=1&'.repeat(1001), {}, 413, /thousand/],
    ['plain text', 'text/plain', 'a=1', {}, 415, /as a form .* or as JSON/],
    ['a body without a Content-Type', '', 'a=1', {}, 415, /as a form .* or as JSON/],
    ['a form in an unknown charset', `${FORM}; charset=x`, 'a=1', {}, 415, /UTF-8/],
    ['JSON in an unknown charset', 'application/json; charset=x', '{}', {}, 415, /UTF-8/],
    ['compressed JSON', 'application/json', gzipSync('{}'), { 'content-encoding': 'gzip' }, 415, /uncompressed/],
    ['a compressed form', FORM, gzipSync('a=1'), { 'content-encoding': 'gzip' }, 415, /uncompressed/],
    ['invalid JSON', 'application/json', '{"From":"+15550100",', {}, 400, /one object/],
    ['a JSON list', 'application/json', '[]', {}, 400, /one object/],
    ['a JSON string', 'application/json', '"+15550100"', {}, 400, /one object/],
    ['JSON with a number', 'application/json', '{"CallSid":1}', {}, 400, /one object/],
    ['JSON with a list', 'application/json', '{"CallSid":["a"]}', {}, 400, /one object/],
    ['JSON with null', 'application/json', '{"CallSid":null}', {}, 400, /one object/],
  ])('rejects %s', async (_case, type, body, headers, status, sentence) => {
    const app = await startApp({ settings: { signingKeys: [] } });
    const answer = await post(app, path, type, body, headers);
    expect(answer.status).toBe(status);
    expect(answer.text).toMatch(sentence);
    expect(answer.text).toSatisfy(isOneLine);
    expect(JSON.stringify(app.log)).not.toMatch(/1555010/);
    expect([app.reports, app.callers]).toEqual([[], []]);
  });
});

describe('a signature', () => {
  const EVENT = { ConferenceSid: 'CF-1', StatusCallbackEvent: 'conference-end' };
  const URL = `${PUBLIC_URL}/callback`;
  const QUERY = `?${new URLSearchParams(EVENT)}`;
  const right = sign(KEY, URL, EVENT);

  it.each(TRANSPORTS)('is accepted in either header, even if the other one is wrong, by %s', async (transport) => {
    const body = JSON.stringify(EVENT);
    const signature = { form: right, GET: sign(KEY, URL + QUERY), JSON: signJson(KEY, URL, body) }[transport];
    for (const headers of [
      { 'x-signalwire-signature': signature },
      { 'x-twilio-signature': signature },
      { 'x-signalwire-signature': 'wrong', 'x-twilio-signature': signature },
      { 'x-signalwire-signature': signature, 'x-twilio-signature': 'wrong' },
    ]) {
      const app = await startApp();
      expect((await send(app, transport, '/callback', EVENT, headers)).status).toBe(200);
      expect(app.reports).toHaveLength(1);
    }
  });

  it('may be made with any of the signing keys', async () => {
    const app = await startApp({ settings: { signingKeys: ['PSK_new', KEY] } });
    for (const key of ['PSK_new', KEY]) {
      const headers = { 'x-signalwire-signature': sign(key, URL, EVENT) };
      expect((await send(app, 'form', '/callback', EVENT, headers)).status).toBe(200);
      const json = { 'x-signalwire-signature': signJson(key, URL, JSON.stringify(EVENT)) };
      expect((await send(app, 'JSON', '/callback', EVENT, json)).status).toBe(200);
    }
    const other = { 'x-signalwire-signature': sign('PSK_other', URL, EVENT) };
    expect((await send(app, 'form', '/callback', EVENT, other)).status).toBe(403);
  });

  const hex = (base64: string) => Buffer.from(base64, 'base64').toString('hex');
  const base64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64');
  const json = JSON.stringify(EVENT);

  it.each([
    ['missing', 'form', {}],
    ['empty', 'form', { 'x-signalwire-signature': '' }],
    ['of another key', 'form', { 'x-signalwire-signature': sign('PSK_other', URL, EVENT) }],
    ['of another URL', 'form', { 'x-signalwire-signature': sign(KEY, `${URL}?a=1`, EVENT) }],
    ['of another form', 'form', { 'x-signalwire-signature': sign(KEY, URL, { ...EVENT, a: '1' }) }],
    ['of the URL alone, with a form', 'form', { 'x-signalwire-signature': sign(KEY, URL) }],
    ['of a form, but in hex', 'form', { 'x-signalwire-signature': hex(right) }],
    ['in an unsupported header', 'form', { 'x-signalwire-sha256-signature': right }],
    ['missing', 'GET', {}],
    ['of the URL without its query', 'GET', { 'x-signalwire-signature': sign(KEY, URL) }],
    ['of a GET, but in hex', 'GET', { 'x-signalwire-signature': hex(sign(KEY, URL + QUERY)) }],
    ['missing', 'JSON', {}],
    ['of the URL alone, with JSON', 'JSON', { 'x-signalwire-signature': sign(KEY, URL) }],
    ['of the URL alone in hex, with JSON', 'JSON', { 'x-signalwire-signature': hex(sign(KEY, URL)) }],
    ['of JSON, but in base64', 'JSON', { 'x-signalwire-signature': base64(signJson(KEY, URL, json)) }],
    ['of the same parameters as a form', 'JSON', { 'x-signalwire-signature': right }],
    ['of the same JSON with other whitespace', 'JSON', { 'x-signalwire-signature': signJson(KEY, URL, ` ${json}`) }],
  ] as const)('is rejected if it is %s (%s), and nothing is done', async (_case, transport, headers) => {
    const app = await startApp();
    const response = await send(app, transport, '/callback', EVENT, headers);
    expect(response.status).toBe(403);
    expect(await response.text()).toSatisfy(isOneLine);
    expect(app.reports).toEqual([]);
  });

  it('that is missing gets another message than one that is wrong', async () => {
    const app = await startApp();
    expect(await (await send(app, 'form', '/callback', EVENT, {})).text()).toBe('The request is not signed.\n');
    const wrong = await send(app, 'form', '/callback', EVENT, { 'x-twilio-signature': 'wrong' });
    expect(await wrong.text()).toMatch(/^The signature does not match the URL/);
  });

  it('covers the public URL, not the Host or X-Forwarded headers', async () => {
    const app = await startApp();
    const forwarded = 'Host: evil.example\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https\r\n';
    const body = String(new URLSearchParams(EVENT));
    const answerTo = (signature: string) =>
      rawRequest(
        app.port,
        `POST /callback HTTP/1.1\r\n${forwarded}Connection: close\r\nContent-Type: ${FORM}\r\n` +
          `Content-Length: ${body.length}\r\nX-SignalWire-Signature: ${signature}\r\n\r\n${body}`,
      );
    expect(await answerTo(right)).toMatch(/^HTTP\/1\.1 200 /);
    expect(await answerTo(sign(KEY, 'https://evil.example/callback', EVENT))).toMatch(/^HTTP\/1\.1 403 /);
  });

  it.each(['https://example.com/recorder', 'https://Recorder.Example.COM', 'https://recorder.example.com:8443'])(
    'covers the public URL exactly as configured: %s',
    async (publicUrl) => {
      const app = await startApp({ publicUrl: () => publicUrl });
      const form = { CallSid: 'CA-1' };
      const headers = { 'x-signalwire-signature': sign(KEY, `${publicUrl}/inbound`, form) };
      const response = await send(app, 'form', '/inbound', form, headers);
      expect(response.status).toBe(200);
      expect(readLaml('text/xml', await response.text()).conference.statusCallback).toBe(`${publicUrl}/callback`);
    },
  );

  it('cannot be checked before the public URL is known', async () => {
    const app = await startApp({ publicUrl: () => undefined });
    const response = await send(app, 'form', '/callback', EVENT);
    expect(response.status).toBe(503);
    expect(await response.text()).toBe('The public URL is not known yet.\n');
  });

  it('of a GET does not cover its body, which is ignored', async () => {
    const app = await startApp();
    for (const [type, body] of [
      [FORM, 'StatusCallbackEvent=participant-join&CallSid=CA-1'],
      ['application/json', '{"StatusCallbackEvent":"participant-join","CallSid":"CA-1"}'],
    ] as const) {
      const head = [
        `GET /callback${QUERY} HTTP/1.1`,
        'Host: x',
        'Connection: close',
        `Content-Type: ${type}`,
        `Content-Length: ${body.length}`,
        `X-SignalWire-Signature: ${sign(KEY, URL + QUERY)}`,
      ];
      expect(await rawRequest(app.port, `${head.join('\r\n')}\r\n\r\n${body}`)).toMatch(/^HTTP\/1\.1 200 /);
    }
    const ended = ['conferenceEnded', { conferenceSid: 'CF-1', name: undefined, callSid: undefined }];
    expect(app.reports).toEqual([ended, ended]);
  });

  it('is not needed if there is no signing key', async () => {
    const app = await startApp({ settings: { signingKeys: [] } });
    for (const transport of TRANSPORTS) {
      expect((await send(app, transport, '/callback', EVENT, {})).status).toBe(200);
    }
    expect(app.reports).toHaveLength(3);
  });
});

describe('a form', () => {
  it('may arrive in chunks', async () => {
    const app = await startApp();
    const form = { ConferenceSid: 'CF-1', FriendlyName: 'recorded-x' };
    const head = [
      'POST /callback HTTP/1.1',
      'Host: x',
      'Connection: close',
      `Content-Type: ${FORM}; charset=UTF-8`,
      'Transfer-Encoding: chunked',
      `X-SignalWire-Signature: ${sign(KEY, `${PUBLIC_URL}/callback`, form)}`,
    ];
    const text = String(new URLSearchParams(form));
    const chunks = [text.slice(0, 10), text.slice(10), ''].map(
      (chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`,
    );
    const answer = await rawRequest(app.port, `${head.join('\r\n')}\r\n\r\n${chunks.join('')}`);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(app.reports).toEqual([
      ['conferenceReported', { conferenceSid: 'CF-1', name: 'recorded-x', callSid: undefined }],
    ]);
  });

  it('may have hundreds of parameters, unusual names and repeated names', async () => {
    const app = await startApp();
    const many = Object.fromEntries(Array.from({ length: 900 }, (_, index) => [`p${index}`, '1']));
    const odd = { ...many, 'a[b]': '1', 'a[]': '2', 'a[0]': '3', toString: 'x', 'a.b': '' };
    expect((await send(app, 'form', '/callback', { ConferenceSid: 'CF-1', ...odd })).status).toBe(200);

    const signature = sign(KEY, `${PUBLIC_URL}/callback`, { ConferenceSid: 'CF-1', a: '1a2' });
    const headers = { 'x-signalwire-signature': signature };
    const answer = await post(app, '/callback', FORM, 'ConferenceSid=CF-1&a=1&a=2', headers);
    expect(answer.status).toBe(200);
  });

  it('that is too large does not affect the next request on its connection', async () => {
    const { port } = await startApp();
    const head = `POST /callback HTTP/1.1\r\nHost: x\r\nContent-Type: ${FORM}\r\n`;
    const large = 'x'.repeat(100_000);
    const next = 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    const answers = await rawRequest(port, `${head}Content-Length: ${large.length}\r\n\r\n${large}${next}`);
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
  });

  it('that breaks off is logged as a refused request', async () => {
    const app = await startApp();
    const socket = connect(app.port, '127.0.0.1');
    socket.write(`POST /callback HTTP/1.1\r\nHost: x\r\nContent-Type: ${FORM}\r\nContent-Length: 9\r\n\r\na`, () =>
      socket.destroySoon(),
    );
    await expect.poll(() => refusals(app)).toHaveLength(1);
    expect(linesFrom('error', app.log)).toEqual([]);
  });
});

describe('the log of a refused request', () => {
  it('names its signature headers and the URL that was checked', async () => {
    const app = await startApp();
    const given = { ConferenceSid: 'CF-1' };
    await send(app, 'form', '/callback?x=1', given, { 'x-twilio-signature': 'wrong' });
    await send(app, 'JSON', '/callback', given, {
      'x-signalwire-signature': 'wrong',
      'x-signalwire-sha256-signature': 'wrong',
    });
    await send(app, 'GET', '/inbound?room=sales%20team', { From: '+15550107777', To: '+15550108888' }, {});
    expect(refusals(app)).toMatchObject([
      { level: 'warn', status: 403, url: `${PUBLIC_URL}/callback?x=…`, signatureHeaders: ['x-twilio-signature'] },
      {
        url: `${PUBLIC_URL}/callback`,
        signatureHeaders: ['x-signalwire-signature', 'x-signalwire-sha256-signature'],
      },
      { url: `${PUBLIC_URL}/inbound?room=sales%20team&From=…&To=…`, signatureHeaders: [] },
    ]);
    expect(JSON.stringify(app.log)).not.toMatch(/wrong"|1555010/);
  });

  it('contains no phone number, whatever the form of the query', async () => {
    const app = await startApp();
    for (const query of ['+15550107777', '=+15550107777', 'From=1&+15550107777', 'From=%2B15550107777=5', '&&?']) {
      await fetch(`${app.url}/inbound?${query}`);
    }
    expect(refusals(app)).toHaveLength(5);
    expect(JSON.stringify(app.log)).not.toMatch(/1555010/);
  });
});

describe('other requests', () => {
  it('get the state of the service from /healthz without a signature', async () => {
    const { url } = await startApp();
    const response = await fetch(`${url}/healthz`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      status: 'ok',
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      instance: expect.stringMatching(/^[0-9a-f-]{36}$/),
      publicUrl: PUBLIC_URL,
      conferences: 3,
    });
    expect(response.headers.has('x-powered-by')).toBe(false);
  });

  it.each([
    ['/', 404],
    ['/favicon.ico', 404],
    ['/inbound/extra', 404],
    ['/%zz', 404],
    ['/healthz/%zz', 404],
  ])('to %s are answered with %i in one line of plain text', async (path, status) => {
    const { url } = await startApp();
    const response = await fetch(url + path);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await response.text()).toSatisfy(isOneLine);
  });

  it('with a URL without a path are answered in one line of plain text', async () => {
    const { port } = await startApp();
    const answer = await rawRequest(port, 'GET http:// HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(answer).toMatch(/content-type: text\/plain/i);
    expect(answer).not.toMatch(/</);
  });
});
