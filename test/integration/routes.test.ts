import { randomUUID } from 'node:crypto';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { readLaml } from '../../src/simulator/read-laml.js';
import { eventually } from '../support/eventually.js';
import { type Pair, startPair } from '../support/service-beside-simulator.js';
import { sign } from '../support/sign.js';
import { FAST } from '../support/two-people.js';

// What needs the whole service. webhooks.test.ts tests the signatures and the parameters.

const METHODS = ['POST', 'GET'] as const;
const WEBHOOKS = ['/inbound', '/store_recording_sid', '/callback'] as const;

/**
 * Sends a webhook as SignalWire does, with the parameters in the form of a POST or in the query of a GET.
 *
 * @param signature replaces the correct signature
 */
function send(
  { service, simulator }: Pair,
  method: 'POST' | 'GET',
  path: string,
  parameters: Record<string, string>,
  signature?: string,
) {
  const form = { AccountSid: simulator.projectId, ...parameters };
  const target = method === 'GET' ? `${path}?${new URLSearchParams(form)}` : path;
  const right = sign(simulator.signingKey, service.publicUrl + target, method === 'POST' ? form : {});
  const call =
    method === 'POST'
      ? request(service.publicUrl).post(target).type('form').send(form)
      : request(service.publicUrl).get(target);
  return call.set('X-SignalWire-Signature', signature ?? right);
}

/** The parameters that each webhook needs at least. */
function parametersFor(path: string): Record<string, string> {
  if (path === '/inbound') return { CallSid: randomUUID() };
  const conference = { ConferenceSid: randomUUID(), FriendlyName: 'recorded-sales' };
  if (path === '/callback') return { ...conference, StatusCallbackEvent: 'participant-mute', CallSid: randomUUID() };
  return { ...conference, RecordingSid: randomUUID(), RecordingStatus: 'in-progress' };
}

describe.each(METHODS)('/inbound, with %s', (method) => {
  it("puts later callers into the first caller's conference until it ends", async () => {
    const pair = await startPair();
    const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()];
    const roomOf = async (CallSid: string) =>
      readLaml('text/xml', (await send(pair, method, '/inbound', { CallSid })).text).conference.name;
    expect(await roomOf(first)).toBe(`recorded-${first}`);
    expect(await roomOf(second)).toBe(`recorded-${first}`);
    const conference = { ConferenceSid: randomUUID(), FriendlyName: `recorded-${first}` };
    for (const CallSid of [first, second]) {
      const Timestamp = new Date().toUTCString();
      await send(pair, method, '/callback', {
        ...conference,
        StatusCallbackEvent: 'participant-leave',
        CallSid,
        Timestamp,
      });
    }
    await send(pair, method, '/callback', { ...conference, StatusCallbackEvent: 'conference-end' });
    expect(await roomOf(third)).toBe(`recorded-${third}`);
  });

  it('sends no request to SignalWire, because a caller is waiting', async () => {
    const pair = await startPair();
    pair.requests.length = 0;
    await send(pair, method, '/inbound', { CallSid: randomUUID() });
    expect(pair.requests).toEqual([]);
  });
});

describe.each(METHODS)('callbacks, with %s,', (method) => {
  it.each([
    ['/callback', { StatusCallbackEvent: 'participant-join', CallSid: randomUUID() }],
    ['/callback', { StatusCallbackEvent: 'something-new' }],
    ['/callback', { StatusCallbackEvent: 'conference-start', CallSid: '' }],
    ['/store_recording_sid', { RecordingSid: randomUUID(), RecordingStatus: 'in-progress' }],
  ])('are answered before any request to SignalWire: %s %j', async (path, parameters) => {
    const pair = await startPair({ durations: { request: 300, drain: 0 } });
    // No request to SignalWire is answered within this test.
    pair.simulator.latencyMs = 60_000;
    const response = await send(pair, method, path, { ConferenceSid: randomUUID(), ...parameters });
    expect(response.status).toBe(200);
    await eventually(() => expect(pair.requests).toContain('GET Conferences Participants'));
  });

  it('end the tracking of a conference that has ended', async () => {
    const pair = await startPair({ durations: { request: 300, drain: 0 } });
    pair.simulator.latencyMs = 60_000;
    const conference = { ConferenceSid: randomUUID(), FriendlyName: 'recorded-sales' };
    const tracked = async () => (await request(pair.service.publicUrl).get('/healthz')).body.conferences;
    await send(pair, method, '/callback', { ...conference, StatusCallbackEvent: 'conference-start' });
    expect(await tracked()).toBe(1);
    await send(pair, method, '/callback', { ...conference, StatusCallbackEvent: 'conference-end' });
    expect(await tracked()).toBe(0);
  });
});

describe.each(WEBHOOKS)('%s', (path) => {
  it.each(METHODS)('accepts a request that SignalWire signed, with %s', async (method) => {
    expect((await send(await startPair(), method, path, parametersFor(path))).status).toBe(200);
  });

  it.each(METHODS)('rejects a request with a wrong or missing signature, with %s, and does nothing', async (method) => {
    const pair = await startPair();
    pair.requests.length = 0;
    const event = { ...parametersFor(path), StatusCallbackEvent: 'participant-join' };
    for (const signature of [sign('another key', pair.service.publicUrl + path), '']) {
      expect((await send(pair, method, path, event, signature)).status).toBe(403);
    }
    const health = await request(pair.service.publicUrl).get('/healthz');
    expect(health.body.conferences).toBe(0);
    expect(pair.requests).toEqual([]);
  });
});

it('a service that accepts unsigned webhooks logs a warning', async () => {
  const pair = await startPair({ settings: { signingKeys: [] } });
  const response = await request(pair.service.publicUrl).post('/inbound').type('form').send({ CallSid: randomUUID() });
  expect(response.status).toBe(200);
  expect(pair.log).toContainEqual(
    expect.objectContaining({ level: 'warn', msg: expect.stringContaining('ALLOW_UNSIGNED') }),
  );
});

it('the log contains neither phone numbers nor secrets', async () => {
  const statusPassword = 'open sesame, please';
  const pair = await startPair({ settings: { statusPassword }, durations: FAST });
  const { simulator, service, log } = pair;
  const isLogged = (msg: string) => eventually(() => expect(log).toContainEqual(expect.objectContaining({ msg })));
  const first = await simulator.call({ from: '+15550106666' });
  const second = await simulator.call({ from: '+15550105555' });
  await isLogged('recording began');
  Object.assign(simulator.faults, { unavailable: 1 });
  simulator.hangUp(second);
  await isLogged('a request to SignalWire failed');
  simulator.hangUp(first);
  await isLogged('recording completed');
  await request(service.publicUrl).get('/metrics').auth('x', 'wrong');
  await request(service.publicUrl).get('/metrics').auth('x', statusPassword);
  for (const method of METHODS) {
    for (const path of WEBHOOKS) {
      const caller = { ...parametersFor(path), From: '+15550107777', To: '+15550108888' };
      await send(pair, method, path, caller);
      await send(pair, method, path, caller, 'wrong');
    }
  }
  const text = JSON.stringify(log);
  expect(text).toContain('request refused');
  expect(text).not.toMatch(/1555010/);
  const basic = Buffer.from(`${simulator.projectId}:${simulator.apiToken}`).toString('base64');
  for (const secret of [simulator.apiToken, simulator.signingKey, statusPassword, basic]) {
    expect(text).not.toContain(secret);
  }
});
