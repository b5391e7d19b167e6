import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { readLaml } from '../../src/simulator/laml.js';
import { rawRequest } from '../support/raw-request.js';
import { eventually, type Pair, startPair } from '../support/service-beside-simulator.js';
import { sign } from '../support/sign.js';

const METHODS = ['POST', 'GET'] as const;
const WEBHOOKS = ['/inbound', '/store_recording_sid', '/callback'] as const;

/** Sends a webhook as SignalWire does: parameters in the form of a POST, in the query of a GET; signed unless told otherwise. */
function send(
  { service, simulator }: Pair,
  method: 'POST' | 'GET',
  path: string,
  parameters: Record<string, string>,
  { signature, header = 'X-SignalWire-Signature' }: { signature?: string; header?: string } = {},
) {
  const form = { AccountSid: simulator.projectId, ...parameters };
  const query = `${path.includes('?') ? '&' : '?'}${new URLSearchParams(form)}`;
  const target = method === 'GET' ? path + query : path;
  const right = sign(simulator.signingKey, service.publicUrl + target, method === 'POST' ? form : {});
  const call =
    method === 'POST'
      ? request(service.publicUrl).post(target).type('form').send(form)
      : request(service.publicUrl).get(target);
  return call.set(header, signature ?? right);
}

/** The least that each webhook needs. */
function parametersFor(path: string): Record<string, string> {
  if (path === '/inbound') return { CallSid: randomUUID(), From: '+15550100', To: '+15550199' };
  const conference = { ConferenceSid: randomUUID(), FriendlyName: 'recorded-sales' };
  if (path === '/callback') return { ...conference, StatusCallbackEvent: 'participant-mute', CallSid: randomUUID() };
  return { ...conference, RecordingSid: randomUUID(), RecordingStatus: 'paused' };
}

function isOneLine(text: string): boolean {
  return /^[^\n<>{]+\n$/.test(text) && !/\bat .+:\d+/.test(text);
}

describe.each(METHODS)('/inbound, asked with %s', (method) => {
  it('answers LaML that puts the caller into a recorded conference', async () => {
    const pair = await startPair();
    const callSid = randomUUID();
    const response = await send(pair, method, '/inbound', { CallSid: callSid });
    expect(response.status).toBe(200);
    expect(response.headers['content-type']).toBe('text/xml; charset=utf-8');
    expect(readLaml('text/xml', response.text)).toMatchObject({
      name: `recorded-${callSid}`,
      record: 'record-from-start',
      startConferenceOnEnter: true,
      statusCallback: `${pair.service.publicUrl}/callback`,
      statusCallbackEvent: ['start', 'end', 'join', 'leave'],
      recordingStatusCallback: `${pair.service.publicUrl}/store_recording_sid`,
      recordingStatusCallbackEvent: ['in-progress', 'completed'],
      trim: 'do-not-trim',
    });
  });

  it('sends later callers to the first one until that conference ends', async () => {
    const pair = await startPair();
    const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()];
    const roomOf = async (CallSid: string) =>
      readLaml('text/xml', (await send(pair, method, '/inbound', { CallSid })).text).name;
    expect(await roomOf(first)).toBe(`recorded-${first}`);
    expect(await roomOf(second)).toBe(`recorded-${first}`);
    await send(pair, method, '/callback', {
      ConferenceSid: randomUUID(),
      FriendlyName: `recorded-${first}`,
      StatusCallbackEvent: 'conference-end',
    });
    expect(await roomOf(third)).toBe(`recorded-${third}`);
  });

  it('takes the room from the query, else from CONFERENCE_NAME', async () => {
    const pair = await startPair({ settings: { conferenceName: 'lobby' } });
    const asked = await send(pair, method, '/inbound?room=sales%20%26%20co', { CallSid: randomUUID() });
    expect(readLaml('text/xml', asked.text).name).toBe('recorded-sales & co');
    const padded = await send(pair, method, '/inbound?room=%20sales%20', {});
    expect(readLaml('text/xml', padded.text).name).toBe('recorded-sales');
    const unasked = await send(pair, method, '/inbound', {});
    expect(readLaml('text/xml', unasked.text).name).toBe('recorded-lobby');
    const empty = await send(pair, method, '/inbound?room=', {});
    expect(readLaml('text/xml', empty.text).name).toBe('recorded-lobby');
  });

  it.each([
    ['a room name that is too long', `/inbound?room=${'x'.repeat(56)}`, /64 characters/],
    ['a room name that XML cannot carry', '/inbound?room=a%01b', /XML/],
    ['two room names', '/inbound?room=a&room=b', /room is given more than once/],
    ['no CallSid where one is needed', '/inbound', /CallSid is missing/],
    ['a CallSid that is none', '/inbound?CallSid=mine', /CallSid is not a SID/],
    ['two CallSids', `/inbound?CallSid=${randomUUID()}&CallSid=${randomUUID()}`, /CallSid is given more than once/],
  ])('refuses %s with a sentence', async (_case, path, sentence) => {
    const response = await send(await startPair(), method, path, {});
    expect(response.status).toBe(400);
    expect(response.text).toMatch(sentence);
    expect(response.text).toSatisfy(isOneLine);
  });

  it('asks nothing of SignalWire: a caller is waiting', async () => {
    const pair = await startPair();
    pair.requests.length = 0;
    await send(pair, method, '/inbound', { CallSid: randomUUID() });
    expect(pair.requests).toEqual([]);
  });
});

describe.each(METHODS)('the callbacks, asked with %s', (method) => {
  it.each([
    ['/callback', { StatusCallbackEvent: 'participant-join', CallSid: randomUUID() }],
    ['/callback', { StatusCallbackEvent: 'conference-start' }],
    ['/callback', { StatusCallbackEvent: 'conference-start', CallSid: '' }],
    ['/store_recording_sid', { RecordingSid: randomUUID(), RecordingStatus: 'in-progress' }],
  ])('are answered before SignalWire is asked: %s %j', async (path, parameters) => {
    const pair = await startPair({ durations: { request: 300 } });
    // No request to SignalWire is answered within this test.
    pair.simulator.latencyMs = 60_000;
    const response = await send(pair, method, path, { ConferenceSid: randomUUID(), ...parameters });
    expect(response.status).toBe(200);
    await eventually(() => expect(pair.requests).toContain('GET Conferences Participants'));
  });

  it.each([
    ['/callback', 'participant-speech-start'],
    ['/callback', 'something-new'],
    ['/store_recording_sid', 'something-new'],
  ])('need nothing done and say so at debug: %s %s', async (path, word) => {
    const pair = await startPair();
    pair.requests.length = 0;
    const event = { StatusCallbackEvent: word, RecordingStatus: word };
    const response = await send(pair, method, path, { ...parametersFor(path), ...event });
    expect(response.status).toBe(200);
    expect(pair.requests).toEqual([]);
    const line = pair.log.find(({ msg }) => msg.startsWith('nothing to do'));
    expect(line).toMatchObject({ level: 20, conferenceSid: expect.any(String) });
  });

  it('log a completed recording with its duration and URL', async () => {
    const pair = await startPair();
    await send(pair, method, '/store_recording_sid', {
      ...parametersFor('/store_recording_sid'),
      RecordingStatus: 'completed',
      RecordingDuration: '42',
      RecordingUrl: 'https://example.signalwire.com/recording',
    });
    const line = pair.log.find(({ msg }) => msg === 'recording completed');
    expect(line).toMatchObject({ seconds: '42', url: 'https://example.signalwire.com/recording' });
  });

  it('forget a conference that has ended', async () => {
    const pair = await startPair({ durations: { request: 300 } });
    pair.simulator.latencyMs = 60_000;
    const conference = { ConferenceSid: randomUUID(), FriendlyName: 'recorded-sales' };
    const tracked = async () => (await request(pair.service.publicUrl).get('/healthz')).body.conferences;
    await send(pair, method, '/callback', { ...conference, StatusCallbackEvent: 'conference-start' });
    expect(await tracked()).toBe(1);
    await send(pair, method, '/callback', { ...conference, StatusCallbackEvent: 'conference-end' });
    expect(await tracked()).toBe(0);
  });

  it.each(['/callback', '/store_recording_sid'])('refuse %s without a ConferenceSid', async (path) => {
    const { ConferenceSid, ...others } = parametersFor(path);
    const response = await send(await startPair(), method, path, others);
    expect(response.status).toBe(400);
    expect(response.text).toBe('ConferenceSid is missing.\n');
  });
});

describe.each(WEBHOOKS)('%s', (path) => {
  it.each(METHODS)('takes what SignalWire signed, with %s', async (method) => {
    const pair = await startPair();
    expect((await send(pair, method, path, parametersFor(path))).status).toBe(200);
    const other = { header: 'X-Twilio-Signature' };
    expect((await send(pair, method, path, parametersFor(path), other)).status).toBe(200);
  });

  it.each(METHODS)('refuses what is signed wrongly or not at all, with %s, and does nothing', async (method) => {
    const pair = await startPair();
    pair.requests.length = 0;
    const event = { ...parametersFor(path), StatusCallbackEvent: 'participant-join', RecordingStatus: 'in-progress' };
    const wrong = await send(pair, method, path, event, {
      signature: sign('another key', pair.service.publicUrl + path),
    });
    const missing = await send(pair, method, path, event, { signature: '' });
    for (const response of [wrong, missing]) {
      expect(response.status).toBe(403);
      expect(response.text).toSatisfy(isOneLine);
    }
    const health = await request(pair.service.publicUrl).get('/healthz');
    expect(health.body.conferences).toBe(0);
    expect(pair.requests).toEqual([]);
  });

  it.each(METHODS)("refuses another project's, with %s", async (method) => {
    const response = await send(await startPair(), method, path, { ...parametersFor(path), AccountSid: randomUUID() });
    expect(response.status).toBe(403);
    expect(response.text).toBe('This is another project.\n');
  });

  it('is not there for other methods', async () => {
    const { service } = await startPair();
    for (const method of ['put', 'patch', 'delete', 'head', 'options'] as const) {
      expect((await request(service.publicUrl)[method](path)).status).toBe(404);
    }
  });

  it('refuses a body over 64 kB', async () => {
    const { service } = await startPair();
    const response = await request(service.publicUrl)
      .post(path)
      .type('form')
      .send(`a=${'x'.repeat(64 * 1024)}`);
    expect(response.status).toBe(413);
    expect(response.text).toSatisfy(isOneLine);
  });

  it.each([
    ['JSON', 'application/json', '{"a":1}'],
    ['text', 'text/plain', 'a=1'],
  ])('refuses a body that is %s', async (_case, type, body) => {
    const { service } = await startPair();
    const response = await request(service.publicUrl).post(path).type(type).send(body);
    expect(response.status).toBe(400);
    expect(response.text).toMatch(/as a form/);
  });

  it('refuses a body in an encoding that nobody knows', async () => {
    const { service } = await startPair();
    const call = request(service.publicUrl)
      .post(path)
      .set('Content-Type', 'application/x-www-form-urlencoded; charset=x');
    const response = await call.send('a=1');
    expect(response.status).toBe(400);
    expect(response.text).toSatisfy(isOneLine);
  });

  it('refuses a compressed body that is broken', async () => {
    const { service } = await startPair();
    const response = await request(service.publicUrl)
      .post(path)
      .type('form')
      .set('Content-Encoding', 'gzip')
      .serialize((body) => body)
      .send(gzipSync('a=1').subarray(0, 10).toString('latin1'));
    expect(response.status).toBe(400);
    expect(response.text).toSatisfy(isOneLine);
  });
});

describe('a form', () => {
  it.each([
    ['in plain UTF-8, which it says', { 'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8' }],
    ['that says it is not compressed', { 'Content-Encoding': 'identity' }],
  ])('is read: one %s', async (_case, headers) => {
    const pair = await startPair();
    const name = { FriendlyName: 'recorded-büro + 💥' };
    const response = await send(pair, 'POST', '/callback', { ...parametersFor('/callback'), ...name }).set(headers);
    expect(response.status).toBe(200);
  });

  it('is read when it comes in chunks', async () => {
    const { service, simulator } = await startPair();
    const form = parametersFor('/callback');
    const head = [
      'POST /callback HTTP/1.1',
      'Host: x',
      'Connection: close',
      'Content-Type: application/x-www-form-urlencoded',
      'Transfer-Encoding: chunked',
      `X-SignalWire-Signature: ${sign(simulator.signingKey, `${service.publicUrl}/callback`, form)}`,
    ];
    const text = String(new URLSearchParams(form));
    const chunks = [text.slice(0, 10), text.slice(10), ''].map(
      (chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`,
    );
    const answer = await rawRequest(service.port, `${head.join('\r\n')}\r\n\r\n${chunks.join('')}`);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('may have hundreds of parameters', async () => {
    const pair = await startPair();
    const many = Object.fromEntries(Array.from({ length: 900 }, (_, index) => [`p${index}`, '1']));
    expect((await send(pair, 'POST', '/callback', { ...parametersFor('/callback'), ...many })).status).toBe(200);
  });

  it('that is too large does no harm to what follows on its connection', async () => {
    const { service } = await startPair();
    const post = 'POST /callback HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n';
    const large = 'x'.repeat(100_000);
    const next = 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    const answers = await rawRequest(service.port, `${post}Content-Length: ${large.length}\r\n\r\n${large}${next}`);
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
  });
});

describe('who gets in', () => {
  it('is decided by the public URL alone, whatever Host and X-Forwarded say', async () => {
    const pair = await startPair();
    const forwarded = { Host: 'evil.example', 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'https' };
    const right = await send(pair, 'POST', '/callback', parametersFor('/callback')).set(forwarded);
    expect(right.status).toBe(200);

    const form = { AccountSid: pair.simulator.projectId, ...parametersFor('/callback') };
    const forged = sign(pair.simulator.signingKey, 'https://evil.example/callback', form);
    const wrong = await request(pair.service.publicUrl)
      .post('/callback')
      .type('form')
      .set(forwarded)
      .set('X-SignalWire-Signature', forged)
      .send(form);
    expect(wrong.status).toBe(403);
  });

  it('works behind a proxy that strips the path of the public URL', async () => {
    const publicUrl = 'https://example.com/recorder';
    const pair = await startPair({ settings: { publicUrl } });
    const form = { CallSid: randomUUID() };
    const response = await request(`http://127.0.0.1:${pair.service.port}`)
      .post('/inbound')
      .type('form')
      .set('X-SignalWire-Signature', sign(pair.simulator.signingKey, `${publicUrl}/inbound`, form))
      .send(form);
    expect(response.status).toBe(200);
    expect(readLaml('text/xml', response.text).statusCallback).toBe(`${publicUrl}/callback`);
  });

  it("never counts a GET's body, which the signature does not cover", async () => {
    const pair = await startPair();
    const sids = { ConferenceSid: randomUUID(), CallSid: randomUUID() };
    const target = `/callback?${new URLSearchParams({ ...sids, StatusCallbackEvent: 'participant-mute' })}`;
    const response = await request(pair.service.publicUrl)
      .get(target)
      .set('X-SignalWire-Signature', sign(pair.simulator.signingKey, pair.service.publicUrl + target))
      .type('form')
      .send({ StatusCallbackEvent: 'conference-start' });
    expect(response.status).toBe(200);
    expect(pair.log.some(({ msg }) => msg.startsWith('nothing to do'))).toBe(true);
  });

  it('is everybody where unsigned webhooks are allowed, and that is warned of', async () => {
    const pair = await startPair({ settings: { signingKey: undefined } });
    const response = await request(pair.service.publicUrl)
      .post('/inbound')
      .type('form')
      .send({ CallSid: randomUUID() });
    expect(response.status).toBe(200);
    expect(pair.log).toContainEqual(
      expect.objectContaining({ level: 40, msg: expect.stringContaining('ALLOW_UNSIGNED') }),
    );
  });
});

describe('the rest', () => {
  it('/healthz tells how the service is, unsigned', async () => {
    const { service } = await startPair();
    const response = await request(service.publicUrl).get('/healthz');
    expect(response.status).toBe(200);
    expect(response.body).toEqual({
      status: 'ok',
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      instance: expect.stringMatching(/^[0-9a-f-]{36}$/),
      publicUrl: service.publicUrl,
      conferences: 0,
    });
    expect(response.headers).not.toHaveProperty('x-powered-by');
  });

  it.each([
    ['/', 404],
    ['/favicon.ico', 404],
    ['/inbound/extra', 404],
    ['/%zz', 404],
    ['/healthz/%zz', 404],
  ])('%s is answered with %i in one plain line', async (path, status) => {
    const { service } = await startPair();
    const response = await fetch(service.publicUrl + path);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await response.text()).toSatisfy(isOneLine);
  });

  it('a URL without a path is answered in one plain line too', async () => {
    const { service } = await startPair();
    const socket = connect(service.port, '127.0.0.1');
    socket.write('GET http:// HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    const answer = (await socket.toArray()).join('');
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(answer).toMatch(/content-type: text\/plain/i);
    expect(answer).not.toMatch(/</);
  });

  it('keeps phone numbers out of the log above debug', async () => {
    const pair = await startPair();
    for (const method of METHODS) {
      for (const path of WEBHOOKS) {
        const caller = { ...parametersFor(path), From: '+15550107777', To: '+15550108888' };
        await send(pair, method, path, caller);
        await send(pair, method, path, caller, { signature: 'wrong' });
      }
    }
    const loud = pair.log.filter(({ level }) => level > 20);
    expect(loud.length).toBeGreaterThan(0);
    expect(JSON.stringify(loud)).not.toMatch(/1555010/);
  });
});
