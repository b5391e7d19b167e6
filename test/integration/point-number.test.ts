import { randomUUID } from 'node:crypto';
import { createServer, request } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listen } from '../../src/http/server.js';
import { createRecorder } from '../../src/recorder.js';
import { startService } from '../../src/service.js';
import { CALL_HANDLERS, type CallHandler } from '../../src/simulator/model/phone-number.js';
import { current } from '../../src/simulator/model/timeline.js';
import type { Traits } from '../../src/simulator/model/traits.js';
import type { ApiOutcome, ApiResponse } from '../../src/simulator/rest-api/exchange.js';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { keepLog, type LogLine } from '../support/log.js';
import { liveConference, loopbackTunnel, settingsFor } from '../support/service-beside-simulator.js';
import { headCount, recordingStatus } from '../support/space-state.js';

const PUBLIC_URL = 'https://recorder.example.com';
const OURS = `${PUBLIC_URL}/inbound`;
const INFO = 'info';
const WARN = 'warn';
const RELAY_NUMBERS = '/api/relay/rest/phone_numbers';
const NUMBERS = /IncomingPhoneNumbers|phone_numbers/;
const TRIED_AGAIN = ' The service tries again until SignalWire answers.';
const HOW_TO =
  /assign it the voice webhook https:\/\/recorder\.example\.com\/inbound, with POST, and the same address as its fallback, in/;
const HOW_TO_KEEP_FALLBACK = /assign it the voice webhook https:\/\/recorder\.example\.com\/inbound, with POST, in/;

type HandlerResponder = (handle: () => ApiResponse, ordinal: number) => ApiOutcome | Promise<ApiOutcome>;

type Fail = () => ApiOutcome | Promise<ApiOutcome>;

interface Given {
  voiceUrl?: string;
  voiceMethod?: 'GET' | 'POST';
  voiceApplicationSid?: string;
  voiceFallbackUrl?: string;
  voiceFallbackMethod?: 'GET' | 'POST';
  /** The default is what would make the number as it is in a dashboard: voice webhooks, an application, or nothing. */
  handler?: CallHandler;
  handlerResourceId?: string;
  receiveMode?: 'voice' | 'fax';
  /** The number to point. The default is the simulator's. */
  phoneNumber?: string;
  publicUrl?: string;
  /** Other numbers of the project. */
  others?: string[];
  /** What handles the calls of the others. */
  othersHandler?: CallHandler;
  scopes?: ('Voice' | 'Numbers')[];
  traits?: Partial<Traits>;
  /** Answers the requests for what handles the calls. */
  onHandlerRequest?: HandlerResponder | undefined;
  /** Answers the requests that change the number. */
  onWrite?: (handle: () => ApiResponse, simulator: Simulator) => ApiOutcome;
  /** Answers the requests for the number alone. */
  onFetch?: () => ApiOutcome;
  /** Answers the first requests about numbers; undefined leaves one to the simulator. */
  failures?: (Fail | undefined)[];
  /** The default is too short for a space that lags. */
  numberLag?: number;
}

/** Starts a service that points the number at itself. Resolves when it doesn't try again any more. */
async function startPointing(given: Given = {}) {
  const simulator = await startSimulator({ ...(given.traits && { traits: given.traits }) });
  onTestFinished(() => simulator.close());
  const [number] = simulator.numbers;
  if (!number) throw new Error('The simulator has no number.');
  const presumed = given.voiceApplicationSid ? 'laml_application' : given.voiceUrl ? 'laml_webhooks' : undefined;
  Object.assign(number, {
    voiceUrl: given.voiceUrl,
    voiceMethod: given.voiceMethod ?? 'POST',
    voiceApplicationSid: given.voiceApplicationSid,
    voiceFallbackUrl: given.voiceFallbackUrl,
    voiceFallbackMethod: given.voiceFallbackMethod ?? 'POST',
    handler: given.handler ?? presumed,
    handlerResourceId: given.handlerResourceId,
    receiveMode: given.receiveMode ?? 'voice',
  });
  for (const other of given.others ?? []) {
    simulator.addNumber(other, { ...(given.othersHandler && { handler: given.othersHandler }) });
  }
  for (const scope of ['Voice', 'Numbers'] as const) {
    if (given.scopes && !given.scopes.includes(scope)) simulator.scopes.delete(scope);
  }
  const writes: string[] = [];
  simulator.events.on('request', ({ method, path }) => {
    if (method !== 'GET') writes.push(path);
  });
  let handlerRequests = 0;
  const failures = [...(given.failures ?? [])];
  simulator.onRequest = ({ method, path }, handle) => {
    const failure = NUMBERS.test(path) && failures.shift();
    if (failure) return failure();
    if (path === RELAY_NUMBERS && given.onHandlerRequest) {
      handlerRequests += 1;
      return given.onHandlerRequest(handle, handlerRequests);
    }
    if (method === 'GET' && given.onFetch && path.endsWith(number.sid)) return given.onFetch();
    return method === 'POST' && given.onWrite ? given.onWrite(handle, simulator) : handle();
  };
  const { log, lines } = keepLog();
  const phoneNumber = given.phoneNumber ?? simulator.phoneNumber;
  const settings = settingsFor(simulator, { phoneNumber, publicUrl: given.publicUrl ?? PUBLIC_URL });
  const durations = { request: 500, retryFirst: 10, numberLag: given.numberLag ?? 100 };
  const service = await startService({ settings, log, openTunnel: loopbackTunnel, durations });
  onTestFinished(() => service.close());
  const isAboutNumber = ({ msg }: LogLine) => msg.includes(phoneNumber);
  const isTriedAgain = ({ msg }: LogLine) => msg.endsWith(TRIED_AGAIN);
  await eventually(() => expect(lines.filter(isAboutNumber).filter((line) => !isTriedAgain(line))).toHaveLength(1));
  return { service, number, writes, logged: lines.filter(isAboutNumber) };
}

/** The settings of a service whose space will be on that port of loopback. */
function settingsAt(port: number) {
  const [projectId, apiToken] = [randomUUID(), 'PT-token'];
  const space = { url: `http://127.0.0.1:${port}`, projectId, apiToken, signingKey: 'PSK-key' };
  const settings = settingsFor(space, { phoneNumber: '+15550100000', publicUrl: PUBLIC_URL });
  return { projectId, apiToken, settings };
}

/** Changes the JSON of every number in an answer of SignalWire's own REST API. */
function withNumbers(response: ApiResponse, changes: object): ApiResponse {
  const { body } = response;
  if (typeof body === 'string' || !('data' in body) || !Array.isArray(body.data)) return response;
  return { ...response, body: { ...body, data: body.data.map((number: object) => ({ ...number, ...changes })) } };
}

/** Answers with the JSON of the numbers changed. */
function patched(changes: object): HandlerResponder {
  return (handle) => withNumbers(handle(), changes);
}

describe('a phone number in the settings', () => {
  it.each([
    ['nothing', undefined, ''],
    ['an old ngrok address', 'https://abc123.ngrok-free.app/inbound', ''],
    ['an old ngrok address with a room', 'https://1f2e.ngrok.io/inbound?room=sales', '?room=sales'],
    ['another path of our own host', `${PUBLIC_URL}/voice?room=R%26D+1`, '?room=R%26D+1'],
    ['our own host over http', 'http://recorder.example.com/inbound', ''],
  ])('is pointed at the service at the start if it pointed to %s', async (_case, voiceUrl, query) => {
    const { number, writes, logged } = await startPointing({ ...(voiceUrl && { voiceUrl }), voiceMethod: 'GET' });
    expect(number).toMatchObject({ voiceUrl: `${PUBLIC_URL}/inbound${query}`, voiceMethod: 'POST' });
    expect(writes).toHaveLength(1);
    expect(number).toMatchObject({ voiceFallbackUrl: number.voiceUrl, voiceFallbackMethod: 'POST' });
    expect(logged).toMatchObject([{ level: INFO, ...(voiceUrl && { before: voiceUrl, methodBefore: 'GET' }) }]);
    expect(logged[0]?.msg).toMatch(/now points to .*, as does its fallback$/);
  });

  it('is not changed if it points at the service already', async () => {
    const voiceUrl = `${OURS}?room=sales`;
    const { number, writes, logged } = await startPointing({ voiceUrl, voiceFallbackUrl: voiceUrl });
    expect(number.voiceUrl).toBe(voiceUrl);
    expect(writes).toEqual([]);
    expect(logged).toMatchObject([{ level: INFO, msg: expect.stringContaining('already') }]);
  });

  it.each([
    ['another host', { voiceUrl: 'https://example.com/voice' }, 'https://example.com/voice'],
    ['a host that only looks like ngrok', { voiceUrl: 'https://ngrok.io.example.com/' }, 'ngrok.io.example.com'],
    ['another port of our host', { voiceUrl: `${PUBLIC_URL}:8443/inbound` }, ':8443'],
    ['something that is no URL', { voiceUrl: 'office' }, 'points to office'],
    ['an application', { voiceApplicationSid: 'b3877c40-da60-4998-90ad-b792e98472af' }, 'application'],
  ])('is not changed if it points to %s, and a warning says what to do', async (_case, given, words) => {
    const { number, writes, logged } = await startPointing(given);
    expect(number).toMatchObject(given);
    expect(writes).toEqual([]);
    expect(logged).toMatchObject([{ level: WARN }]);
    expect(logged[0]?.msg).toContain(words);
    expect(logged[0]?.msg).toMatch(HOW_TO);
  });

  it('keeps secrets in the addresses of others out of the log', async () => {
    const theirs = 'https://me:secret@example.com/voice?token=secret#secret';
    const shown = 'https://…@example.com/voice?token=…#…';
    const ngrok = 'https://me:secret@1f2e.ngrok.io/inbound?token=secret#secret';
    const old = { voiceUrl: ngrok, voiceFallbackUrl: ngrok };
    const cases: [Given, string][] = [
      [{ voiceUrl: theirs }, shown],
      [{ onHandlerRequest: patched({ call_request_url: theirs }) }, shown],
      [{ voiceFallbackUrl: theirs }, shown],
      [old, shown.replace('example.com/voice', '1f2e.ngrok.io/inbound')],
      [{ ...old, onWrite: () => ({ status: 200, body: {} }) }, 'https://…@1f2e.ngrok.io/inbound?token=…#…'],
    ];
    for (const [given, expected] of cases) {
      const { logged } = await startPointing(given);
      expect(JSON.stringify(logged)).toContain(expected);
      expect(JSON.stringify(logged)).not.toContain('secret');
    }
  });

  it("must match exactly; if it is missing, a warning lists up to five of the project's numbers", async () => {
    const others = [1, 2, 3, 4, 5, 6].map((digit) => `+15550100001${digit}`);
    const { number, writes, logged } = await startPointing({ phoneNumber: '+15550100001', others });
    expect(number.voiceUrl).toBeUndefined();
    expect(writes).toEqual([]);
    expect(logged).toMatchObject([{ level: WARN }]);
    const msg = logged[0]?.msg ?? '';
    expect(msg).toMatch(/^\+15550100001 is not a number of this project \(it has .* and 2 more\)/);
    expect(msg.match(/\+1555010000\d+/g)).toHaveLength(6);
  });

  it('is found on any page of both lists, among numbers that contain it', async () => {
    const others = Array.from({ length: 1000 }, (_, count) => `+15550100000${String(1000 + count)}`);
    const { number, logged } = await startPointing({ others, othersHandler: 'ai_agent' });
    expect(number.voiceUrl).toBe(`${PUBLIC_URL}/inbound`);
    expect(logged).toMatchObject([{ level: INFO }]);
  });

  it('is not changed if the token lacks the Numbers scope, and the service runs nevertheless', async () => {
    const { service, number, logged } = await startPointing({ scopes: ['Voice'] });
    expect(number.voiceUrl).toBeUndefined();
    expect(logged).toMatchObject([
      { level: WARN, msg: expect.stringMatching(/lacks the Numbers scope.*assign it the voice webhook/) },
    ]);
    expect((await fetch(`http://127.0.0.1:${service.port}/readyz`)).status).toBe(200);
  });

  it('is not changed if only the other API answers 401, and the log says what that means', async () => {
    const onHandlerRequest = () => ({ status: 401, body: { error: 'Unauthorized' } });
    const { writes, logged } = await startPointing({ onHandlerRequest });
    expect(writes).toEqual([]);
    const words = /could not be read: the API token lacks the Numbers scope \(SignalWire answered 401 to GET .*\)\. To/;
    expect(logged).toMatchObject([{ level: WARN, msg: expect.stringMatching(words) }]);
  });

  it.each(CALL_HANDLERS.filter((kind) => kind !== 'laml_webhooks'))(
    'is not changed if its voice webhook is empty, but its calls are handled by %s',
    async (handler) => {
      const { number, writes, logged } = await startPointing({ handler });
      expect(number).toMatchObject({ handler, voiceUrl: undefined, voiceFallbackUrl: undefined });
      expect(writes).toEqual([]);
      expect(logged).toMatchObject([{ level: WARN }]);
      expect(logged[0]?.msg).toMatch(/was left alone: an? [\w ]+ \(\w+\) handles its calls\. To receive/);
      expect(logged[0]?.msg).toContain(`(${handler})`);
      expect(logged[0]?.msg).toMatch(HOW_TO);
    },
  );

  it.each([undefined, 'laml_webhooks'] as const)(
    'is pointed if its handler is %s, without an address',
    async (handler) => {
      const { number, logged } = await startPointing({ ...(handler && { handler }) });
      expect(number).toMatchObject({ handler: 'laml_webhooks', voiceUrl: OURS });
      expect(logged).toMatchObject([{ level: INFO }]);
    },
  );

  it.each<[string, Given, string]>([
    [
      'something that no document names',
      { onHandlerRequest: patched({ call_handler: 'hologram' }) },
      'something else (hologram)',
    ],
    [
      'a resource whose address is not shown',
      { handler: 'laml_webhooks', handlerResourceId: 'r1' },
      'a resource of the project (r1)',
    ],
    ['a fax machine', { receiveMode: 'fax' }, 'receives faxes instead of calls'],
    [
      'an address that only the other API shows',
      { onHandlerRequest: patched({ call_request_url: 'https://example.com/voice' }) },
      'it points to https://example.com/voice',
    ],
    [
      'a handler that is missing in the answer',
      { onHandlerRequest: patched({ call_handler: undefined }) },
      'could not be read: ',
    ],
    ['nothing that SignalWire lists', { onHandlerRequest: patched({ number: '+15550100999' }) }, 'does not list it'],
    [
      'a handler in an answer of another form',
      { onHandlerRequest: () => ({ status: 200, body: {} }) },
      'could not be read: ',
    ],
  ])('is not changed if its calls are handled by %s', async (_case, given, words) => {
    const { number, writes, logged } = await startPointing(given);
    expect(number.voiceUrl).toBeUndefined();
    expect(writes).toEqual([]);
    expect(logged).toMatchObject([{ level: WARN, msg: expect.stringContaining(words) }]);
    expect(logged[0]?.msg).toMatch(HOW_TO);
  });

  it.each([403, 404])('is not changed if what handles its calls can not be read because of a %d', async (status) => {
    const { number, writes, logged } = await startPointing({
      onHandlerRequest: () => ({ status, body: { error: 'No' } }),
    });
    expect(number.voiceUrl).toBeUndefined();
    expect(writes).toEqual([]);
    const reason = `handles its calls could not be read: SignalWire answered ${status} to GET ${RELAY_NUMBERS}: No. To`;
    expect(logged).toMatchObject([{ level: WARN, msg: expect.stringContaining(`was left alone: what ${reason}`) }]);
    expect(logged[0]?.msg).toMatch(HOW_TO);
  });

  const failing: [string, Fail, string][] = [
    ['a 429', () => ({ status: 429, body: '' }), 'SignalWire answered 429'],
    ['a 500', () => ({ status: 500, body: '' }), 'SignalWire answered 500'],
    ['a 503', () => ({ status: 503, body: '<h1>503</h1>' }), 'SignalWire answered 503'],
    ['no answer', () => new Promise(() => {}), 'SignalWire did not answer'],
    ['a reset connection', () => 'reset', 'SignalWire did not answer'],
  ];

  it.each(failing)('is pointed once SignalWire answers, after a warning about %s', async (_case, fail, reason) => {
    const { number, writes, logged } = await startPointing({ failures: [fail, fail, fail] });
    expect(number).toMatchObject({ voiceUrl: OURS, voiceFallbackUrl: OURS });
    expect(writes).toHaveLength(1);
    const warning = new RegExp(`^Whether \\+15550100000 points here is unknown: ${reason} .*\\.${TRIED_AGAIN}$`);
    expect(logged).toMatchObject([
      { level: WARN, msg: expect.stringMatching(warning) },
      { level: INFO, msg: expect.stringContaining(`now points to ${OURS}, as does its fallback`) },
    ]);
  });

  it.each([
    ['what handles its calls is read', 1],
    ['it is changed', 2],
    ['what handles its calls is read back', 3],
    ['it is read back', 4],
  ])('is pointed even if SignalWire fails when %s', async (_case, before) => {
    const unavailable = () => ({ status: 503, body: '' });
    const failures = [...Array.from({ length: before }, () => undefined), unavailable, unavailable];
    const { number, logged } = await startPointing({ failures });
    expect(number).toMatchObject({ voiceUrl: OURS, voiceFallbackUrl: OURS });
    expect(logged.map(({ level, msg }) => [level, msg.includes(TRIED_AGAIN)])).toEqual([
      [WARN, true],
      [INFO, false],
    ]);
  });

  it('is not tried again once SignalWire refuses it', async () => {
    const unavailable = () => ({ status: 503, body: '' });
    const refused = () => ({ status: 401, body: '' });
    const { number, writes, logged } = await startPointing({ failures: [unavailable, refused] });
    expect(number.voiceUrl).toBeUndefined();
    expect(writes).toEqual([]);
    expect(logged).toMatchObject([
      { level: WARN, msg: expect.stringContaining(TRIED_AGAIN) },
      { level: WARN, msg: expect.stringMatching(/could not be pointed here: the API token lacks the Numbers scope/) },
    ]);
  });

  it('is pointed once SignalWire can be reached', async () => {
    const port = await freePort();
    const { projectId, apiToken, settings } = settingsAt(port);
    const { log, lines } = keepLog();
    const recorder = createRecorder(settings, { log, durations: { retryFirst: 10 } });
    onTestFinished(() => recorder.close());
    const pointing = recorder.pointNumber();
    await eventually(() => expect(lines.map(({ msg }) => msg).join()).toMatch(/unknown: .*ECONNREFUSED.*tries again/));
    const simulator = await startSimulator({ port, projectId, apiToken });
    onTestFinished(() => simulator.close());
    await pointing;
    expect(simulator.numbers[0]?.voiceUrl).toBe(OURS);
    expect(lines.map(({ level }) => level)).toEqual([WARN, INFO]);
  });

  it('is not tried again once the service stops', async () => {
    const { settings } = settingsAt(await freePort());
    const { log, lines } = keepLog();
    const recorder = createRecorder(settings, { log });
    const pointing = recorder.pointNumber();
    await eventually(() => expect(lines).toHaveLength(1));
    await recorder.close();
    await pointing;
    expect(lines).toHaveLength(1);
  });

  it.each<Partial<Traits>>([{ listLagMs: 400 }, { readLagMs: 400 }])(
    'that reads as before for a while is waited for: %o',
    async (traits) => {
      const { writes, logged } = await startPointing({ traits, numberLag: 60_000 });
      expect(writes).toHaveLength(1);
      expect(logged).toMatchObject([{ level: INFO, msg: expect.stringContaining('now points to') }]);
    },
  );

  it.each<[Partial<Traits>, string]>([
    [{ listLagMs: 60_000 }, 'nothing handles its calls'],
    [{ readLagMs: 60_000 }, 'its voice webhook is empty, with POST'],
  ])('that reads as before for too long is an obstacle: %o', async (traits, words) => {
    const { writes, logged } = await startPointing({ traits });
    expect(writes).toHaveLength(1);
    expect(logged).toMatchObject([
      { level: WARN, msg: expect.stringContaining(`was pointed to ${OURS}, but ${words}`) },
    ]);
  });

  it('is no longer read back once the service stops', async () => {
    const simulator = await startSimulator({ traits: { readLagMs: 60_000 } });
    onTestFinished(() => simulator.close());
    const settings = settingsFor(simulator, { phoneNumber: simulator.phoneNumber, publicUrl: PUBLIC_URL });
    const { log, lines } = keepLog();
    const recorder = createRecorder(settings, { log });
    const pointing = recorder.pointNumber();
    await eventually(() => expect(simulator.numbers[0]?.voiceUrl).toBe(OURS));
    await recorder.close();
    await pointing;
    expect(lines).toEqual([]);
  });

  it('that points at the service is fine, even if what handles its calls can not be read', async () => {
    const onHandlerRequest = () => ({ status: 404, body: { error: 'Not Found' } });
    const { writes, logged } = await startPointing({ voiceUrl: OURS, voiceFallbackUrl: OURS, onHandlerRequest });
    expect(writes).toEqual([]);
    expect(logged).toMatchObject([
      { level: INFO, msg: expect.stringMatching(/already points to .*, but what handles its calls could not be read/) },
    ]);
  });

  it.each<[string, Given, string]>([
    ['refuses', { onHandlerRequest: () => ({ status: 403, body: { error: 'No' } }) }, 'could not be read: SignalWire'],
    ['lacks the number', { onHandlerRequest: patched({ number: '+15550100999' }) }, 'is unknown, because SignalWire'],
  ])(
    'that points at the service is not said to be left alone if the other API %s and only its fallback is missing',
    async (_case, given, words) => {
      const { number, writes, logged } = await startPointing({ ...given, voiceUrl: OURS });
      expect(writes).toEqual([]);
      expect(number.voiceFallbackUrl).toBeUndefined();
      const pattern = `already points to ${OURS}, but its fallback was not set, because what handles its calls ${words}`;
      expect(logged).toMatchObject([{ level: WARN, msg: expect.stringContaining(pattern) }]);
      expect(logged[0]?.msg).toMatch(
        /\. To give each call a second try, set its fallback to the same address, with POST, in/,
      );
      expect(logged[0]?.msg).not.toMatch(/left alone|voice webhook/);
    },
  );

  it('that points at the service, but is handled by something else, is left alone', async () => {
    const given = { voiceUrl: OURS, voiceFallbackUrl: OURS, handler: 'relay_script' } as const;
    const { writes, logged } = await startPointing(given);
    expect(writes).toEqual([]);
    expect(logged).toMatchObject([{ level: WARN, msg: expect.stringContaining('a SWML script (relay_script)') }]);
  });

  it.each<[string, Given]>([
    ['empty', { voiceUrl: `${OURS}?room=sales` }],
    ['an old ngrok address', { voiceUrl: `${OURS}?room=sales`, voiceFallbackUrl: 'https://1f2e.ngrok.io/inbound' }],
    ['another room', { voiceUrl: `${OURS}?room=sales`, voiceFallbackUrl: `${OURS}?room=other` }],
    [
      'ours, but with GET',
      { voiceUrl: `${OURS}?room=sales`, voiceFallbackUrl: `${OURS}?room=sales`, voiceFallbackMethod: 'GET' },
    ],
  ])('gets its own address as its fallback, with the room, if that is %s', async (_case, given) => {
    const { number, writes, logged } = await startPointing(given);
    const url = `${OURS}?room=sales`;
    expect(number).toMatchObject({ voiceUrl: url, voiceFallbackUrl: url, voiceFallbackMethod: 'POST' });
    expect(writes).toHaveLength(1);
    const { voiceFallbackUrl, voiceFallbackMethod = 'POST' } = given;
    const before = { fallbackBefore: voiceFallbackUrl, fallbackMethodBefore: voiceFallbackMethod };
    expect(logged).toMatchObject([{ level: INFO, ...(voiceFallbackUrl && before) }]);
    expect(logged[0]).not.toHaveProperty('before');
    expect(logged[0]?.msg).toBe(`+15550100000 pointed to ${url} already; now its fallback does, too`);
  });

  it("keeps a fallback of somebody else's, and the log says so", async () => {
    const voiceFallbackUrl = 'https://me:secret@example.signalwire.com/laml-bins/1';
    const kept = { voiceFallbackUrl, voiceFallbackMethod: 'GET' } as const;
    const pointed = await startPointing(kept);
    expect(pointed.number).toMatchObject({ voiceUrl: OURS, ...kept });
    const stays = /; its fallback stays https:\/\/…@example\.signalwire\.com\/laml-bins\/1$/;
    expect(pointed.logged).toMatchObject([{ level: INFO, msg: expect.stringMatching(stays) }]);
    expect(pointed.logged[0]).not.toHaveProperty('fallbackBefore');
    const leftAlone = await startPointing({ ...kept, handler: 'ai_agent' });
    const refused = await startPointing({ ...kept, onWrite: () => ({ status: 422, body: {} }) });
    for (const { logged } of [leftAlone, refused]) {
      expect(logged).toMatchObject([{ level: WARN, msg: expect.stringMatching(HOW_TO_KEEP_FALLBACK) }]);
    }
    const again = await startPointing({ ...kept, voiceUrl: OURS });
    expect(again.writes).toEqual([]);
    expect(again.logged).toMatchObject([{ level: INFO, msg: expect.stringMatching(stays) }]);
  });

  it.each<[string, Given, string]>([
    ['nothing', { traits: { voiceUrlSetsHandler: false } }, 'nothing handles its calls'],
    [
      'an AI agent',
      {
        onWrite(handle, { numbers }) {
          const answer = handle();
          for (const number of numbers) number.handler = 'ai_agent';
          return answer;
        },
      },
      'an AI agent (ai_agent) handles its calls',
    ],
    [
      'the old address',
      { voiceUrl: 'https://1f2e.ngrok.io/', onWrite: () => ({ status: 200, body: {} }) },
      'its voice webhook is https://1f2e.ngrok.io/',
    ],
    [
      'another address in the other API',
      {
        onHandlerRequest: (handle, ordinal) =>
          ordinal === 1 ? handle() : withNumbers(handle(), { call_request_url: 'https://1f2e.ngrok.io/' }),
      },
      'its calls go to https://1f2e.ngrok.io/',
    ],
    [
      'something that can not be read',
      { onHandlerRequest: (handle, ordinal) => (ordinal === 1 ? handle() : { status: 403, body: '' }) },
      'what handles its calls could not be read: SignalWire answered 403',
    ],
  ])('is read back: a warning says that %s takes its calls now', async (_case, given, words) => {
    const { writes, logged } = await startPointing(given);
    expect(writes).toHaveLength(1);
    expect(logged).toMatchObject([
      { level: WARN, msg: expect.stringContaining(`was pointed to ${OURS}, but ${words}`) },
    ]);
    expect(logged[0]?.msg).toMatch(HOW_TO);
  });

  it('is read back: a warning says that its fallback was not set', async () => {
    const onWrite: Given['onWrite'] = (handle, { numbers }) => {
      const answer = handle();
      for (const number of numbers) number.voiceFallbackUrl = undefined;
      return answer;
    };
    const { logged } = await startPointing({ onWrite });
    expect(logged).toMatchObject([
      { level: WARN, msg: expect.stringContaining('but its fallback is empty, with POST.') },
    ]);
  });

  it('is read back: a warning says if it can not be read', async () => {
    const { logged } = await startPointing({ onFetch: () => ({ status: 404, body: '' }) });
    expect(logged).toMatchObject([
      { level: WARN, msg: expect.stringContaining('but it could not be read again: SignalWire answered 404') },
    ]);
  });

  it('points at the service if its address is shown by the compatibility API only, beside a resource', async () => {
    const shown = { voiceUrl: OURS, voiceFallbackUrl: OURS, handlerResourceId: 'r1' };
    const { writes, logged } = await startPointing({ ...shown, onHandlerRequest: patched({ call_request_url: null }) });
    expect(writes).toEqual([]);
    expect(logged).toMatchObject([{ level: INFO, msg: expect.stringContaining('already') }]);
  });

  it('gives a call a second try if the answer to the first is lost, in the same conference', async () => {
    const simulator = await startSimulator();
    onTestFinished(() => simulator.close());
    let lost = 0;
    let target = '';
    const proxy = createServer((incoming, outgoing) => {
      const { url, method, headers } = incoming;
      const forwarded = request(`${target}${url}`, { method, headers }, (answer) => {
        const isFirst = url === '/inbound' && lost === 0;
        if (isFirst) lost += 1;
        if (isFirst) outgoing.destroy();
        else answer.pipe(outgoing.writeHead(answer.statusCode ?? 0, answer.headers));
      });
      incoming.pipe(forwarded.on('error', () => outgoing.destroy()));
    });
    const publicUrl = `http://127.0.0.1:${await listen(proxy, 0, '127.0.0.1')}`;
    onTestFinished(() => void proxy.close());
    const settings = settingsFor(simulator, { phoneNumber: simulator.phoneNumber, publicUrl });
    const service = await startService({ settings, log: keepLog().log });
    onTestFinished(() => service.close());
    target = `http://127.0.0.1:${service.port}`;
    await eventually(() => expect(simulator.numbers[0]?.voiceFallbackUrl).toBe(`${publicUrl}/inbound`));
    const first = await simulator.call();
    expect([lost, current(first.status)]).toEqual([1, 'in-progress']);
    await simulator.call();
    expect(liveConference(simulator).name).toBe(`recorded-${first.sid}`);
    expect(headCount(liveConference(simulator))).toBe(2);
  });

  it('receives calls after the start', async () => {
    const simulator = await startSimulator();
    onTestFinished(() => simulator.close());
    const { log } = keepLog();
    const settings = settingsFor(simulator, { phoneNumber: simulator.phoneNumber });
    const service = await startService({ settings, log, openTunnel: loopbackTunnel });
    onTestFinished(() => service.close());
    await eventually(() => expect(simulator.numbers[0]?.voiceUrl).toBe(`${service.publicUrl}/inbound`));
    expect(current((await simulator.call()).status)).toBe('in-progress');
    expect(simulator.conferences()).toHaveLength(1);
  });

  it('delays neither the start nor the stop if SignalWire does not answer', async () => {
    const simulator = await startSimulator();
    onTestFinished(() => simulator.close());
    simulator.onRequest = ({ path }, handle) => {
      if (!path.includes('IncomingPhoneNumbers')) return handle();
      return new Promise(() => {});
    };
    const { log, lines } = keepLog();
    const settings = settingsFor(simulator, { phoneNumber: simulator.phoneNumber });
    const service = await startService({ settings, log, openTunnel: loopbackTunnel });
    onTestFinished(() => service.close());
    expect(lines.filter(({ msg }) => msg.includes(simulator.phoneNumber))).toEqual([]);
    const url = `${service.publicUrl}/inbound`;
    await simulator.call({ url });
    const second = await simulator.call({ url });
    await eventually(() => expect(recordingStatus(liveConference(simulator))).toBe('in-progress'));
    simulator.hangUp(second);
    await eventually(() => expect(lines.some(({ msg }) => msg === 'participant left')).toBe(true));
    await service.close();
    expect(recordingStatus(liveConference(simulator))).toBe('paused');
  });

  it('is optional: without one, SignalWire is not asked for numbers', async () => {
    const simulator = await startSimulator();
    onTestFinished(() => simulator.close());
    const paths: string[] = [];
    simulator.events.on('request', ({ path }) => paths.push(path));
    const { log } = keepLog();
    const service = await startService({ settings: settingsFor(simulator), log, openTunnel: loopbackTunnel });
    onTestFinished(() => service.close());
    // Only now have earlier requests arrived, too.
    await simulator.call({ url: `${service.publicUrl}/inbound` });
    await eventually(() => expect(paths.some((path) => path.endsWith('/Participants'))).toBe(true));
    expect(paths.filter((path) => NUMBERS.test(path))).toEqual([]);
    expect(simulator.numbers[0]?.voiceUrl).toBeUndefined();
  });
});
