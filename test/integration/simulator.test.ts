import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listen } from '../../src/server.js';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.js';
import { eventually } from '../support/service-beside-simulator.js';
import { sign } from '../support/sign.js';

interface Heard {
  method: string;
  url: string;
  signature: string;
  form: Record<string, string>;
}

/** An application on loopback that answers LaML to /voice and 200 to everything else, and remembers what it heard. */
async function startApplication(attributes = '', answer?: (request: IncomingMessage) => number | undefined) {
  const heard: Heard[] = [];
  const server = createServer(async (request, response) => {
    const body = (await request.toArray()).join('');
    const url = `http://${request.headers.host}${request.url}`;
    const form = Object.fromEntries(new URLSearchParams(body));
    heard.push({
      method: request.method ?? '',
      url,
      signature: String(request.headers['x-signalwire-signature']),
      form,
    });
    response.statusCode = answer?.(request) ?? 200;
    response.setHeader('content-type', 'text/xml');
    const own = attributes.replaceAll('URL', `http://${request.headers.host}`);
    response.end(`<Response><Dial><Conference ${own}>room</Conference></Dial></Response>`);
  });
  const port = await listen(server, 0, '127.0.0.1');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${port}`;
  return { url, heard };
}

async function start() {
  const simulator = await startSimulator({ ringMs: 0, unansweredMs: 0 });
  onTestFinished(() => simulator.close());
  const problems: string[] = [];
  simulator.events.on('problem', (sentence) => problems.push(sentence));
  return { simulator, problems };
}

/** Asks the REST API as curl would. */
async function ask(simulator: Simulator, path: string, form?: Record<string, string>, password = simulator.apiToken) {
  const base = path.startsWith('/') ? '' : `/api/laml/2010-04-01/Accounts/${simulator.projectId}/`;
  const response = await fetch(simulator.url + base + path, {
    method: form ? 'POST' : 'GET',
    headers: { authorization: `Basic ${Buffer.from(`${simulator.projectId}:${password}`).toString('base64')}` },
    ...(form && { body: new URLSearchParams(form) }),
  });
  return { status: response.status, body: await response.json() };
}

const RECORDED =
  'record="record-from-start" statusCallback="URL/status" statusCallbackEvent="start end join leave" ' +
  'recordingStatusCallback="URL/recording" recordingStatusCallbackEvent="in-progress completed"';

describe("the simulator's REST API", () => {
  it.each(['/api/laml/2010-04-01/Accounts/', '/2010-04-01/Accounts/'])(
    'is at %s, with and without .json',
    async (base) => {
      const { simulator } = await start();
      for (const ending of ['', '.json']) {
        const account = await ask(simulator, `${base}${simulator.projectId}${ending}`);
        expect(account).toMatchObject({ status: 200, body: { sid: simulator.projectId, auth_token: 'redacted' } });
        const list = await ask(simulator, `${base}${simulator.projectId}/Conferences${ending}`);
        expect(list.body).toMatchObject({ conferences: [], page: 0, page_size: 50, next_page_uri: null });
      }
    },
  );

  it('refuses wrong credentials and other projects', async () => {
    const { simulator } = await start();
    expect(await ask(simulator, 'Conferences', undefined, 'wrong')).toMatchObject({
      status: 401,
      body: { code: 20003, status: 401, message: expect.any(String), more_info: expect.stringContaining('https://') },
    });
    const other = await ask(simulator, '/2010-04-01/Accounts/51a91a7e-0000-4000-8000-000000000000/Conferences');
    expect(other.status).toBe(401);
  });

  it.each([
    'Conferences/51a91a7e-0000-4000-8000-000000000000',
    'Conferences/51a91a7e-0000-4000-8000-000000000000/Participants',
    'Calls/nobody',
    'Nothing',
  ])('answers 404 for %s', async (path) => {
    const { simulator } = await start();
    expect(await ask(simulator, path)).toMatchObject({ status: 404, body: { code: 20404, status: 404 } });
  });

  it('places a call, which rings, asks for LaML and joins; and ends it', async () => {
    const { simulator, problems } = await start();
    const { url, heard } = await startApplication(RECORDED);
    const placed = await ask(simulator, 'Calls.json', {
      To: '+15550100001',
      From: '+15550100000',
      Url: `${url}/voice`,
    });
    expect(placed).toMatchObject({
      status: 200,
      body: { status: 'queued', direction: 'outbound', to: '+15550100001' },
    });
    await eventually(() => expect(simulator.conferences()[0]?.participants.size).toBe(1));
    expect(heard[0]).toMatchObject({
      method: 'POST',
      form: { CallSid: placed.body.sid, AccountSid: simulator.projectId },
    });
    expect((await ask(simulator, `Calls/${placed.body.sid}`)).body.status).toBe('in-progress');

    expect((await ask(simulator, `Calls/${placed.body.sid}`, { Status: 'canceled' })).status).toBe(422);
    const ended = await ask(simulator, `Calls/${placed.body.sid}`, { Status: 'completed' });
    expect(ended).toMatchObject({ status: 200, body: { status: 'completed' } });
    expect(simulator.conferences()[0]?.status).toBe('completed');
    expect((await ask(simulator, `Calls/${placed.body.sid}`, { Status: 'completed' })).status).toBe(422);
    expect(problems).toEqual([]);
  });

  it.each([
    ['21211', { From: '+15550100000', Url: 'http://127.0.0.1/' }, /To/],
    ['21211', { To: '15550100001', From: '+15550100000', Url: 'http://127.0.0.1/' }, /To .*E\.164/],
    ['21212', { To: '+15550100001', From: 'anonymous', Url: 'http://127.0.0.1/' }, /From .*E\.164/],
    ['21205', { To: '+15550100001', From: '+15550100000', Url: '/inbound' }, /Url/],
    ['21210', { To: '+15550100001', From: '+15550100009', Url: 'http://127.0.0.1/' }, /number of the project/],
    ['21217', { To: '+15550100604', From: '+15550100000', Url: 'http://127.0.0.1/' }, /valid number/],
  ])('refuses a call with %s: %j', async (code, form, sentence) => {
    const { simulator } = await start();
    simulator.invalidNumbers.add('+15550100604');
    const refused = await ask(simulator, 'Calls', form);
    expect(refused).toEqual({ status: 400, body: { errors: [{ code, message: expect.stringMatching(sentence) }] } });
  });

  it.each(['busy', 'no-answer', 'failed'] as const)(
    'places calls that end %s, and asks nothing for them',
    async (end) => {
      const { simulator } = await start();
      const { url, heard } = await startApplication();
      simulator.unanswered.set('+15550100002', end);
      const form = { To: '+15550100002', From: simulator.phoneNumber, Url: url };
      const { sid } = (await ask(simulator, 'Calls', form)).body;
      await eventually(async () => expect((await ask(simulator, `Calls/${sid}`)).body.status).toBe(end));
      expect(heard).toEqual([]);
      expect((await ask(simulator, `Calls/${sid}`, { Status: 'completed' })).status).toBe(422);
    },
  );

  it.each([
    ['Numbers', 'IncomingPhoneNumbers', 'Conferences'],
    ['Voice', 'Conferences', 'IncomingPhoneNumbers'],
  ] as const)('answers 401 to a token without the %s scope, as to a wrong one', async (scope, closed, open) => {
    const { simulator } = await start();
    simulator.scopes.delete(scope);
    expect(await ask(simulator, closed)).toMatchObject({ status: 401, body: { code: 20003 } });
    expect((await ask(simulator, open)).status).toBe(200);
  });

  it('changes nothing of a number but where its calls go', async () => {
    const { simulator } = await start();
    const [number] = simulator.numbers;
    const form = { VoiceUrl: 'https://example.com/', FriendlyName: 'Mine' };
    expect((await ask(simulator, `IncomingPhoneNumbers/${number?.sid}`, form)).status).toBe(422);
    expect(number?.voiceUrl).toBeUndefined();
  });

  it('lists participants in pages that are had only by following next_page_uri', async () => {
    const { simulator } = await start();
    const { url } = await startApplication(RECORDED);
    for (let count = 0; count < 60; count += 1) await simulator.call({ url });
    const { sid } = simulator.conferences()[0] ?? {};
    const first = await ask(simulator, `Conferences/${sid}/Participants`);
    expect(first.body.participants).toHaveLength(50);
    const second = await ask(simulator, first.body.next_page_uri);
    expect(second.body).toMatchObject({ page: 1, next_page_uri: null, previous_page_uri: first.body.first_page_uri });
    expect(second.body.participants).toHaveLength(10);
    const all = [...first.body.participants, ...second.body.participants];
    expect(new Set(all.map(({ call_sid }) => call_sid)).size).toBe(60);

    expect((await ask(simulator, `Conferences/${sid}/Participants?Page=1`)).status).toBe(400);
    expect((await ask(simulator, `Conferences/${sid}/Participants?PageSize=1001`)).status).toBe(400);
    expect((await ask(simulator, `Conferences/${sid}/Participants?PageSize=1000`)).body.participants).toHaveLength(60);
  });

  it('finds conferences by status and name, and refuses filters that it does not know', async () => {
    const { simulator } = await start();
    const { url } = await startApplication();
    await simulator.call({ url });
    const found = async (query: string) => (await ask(simulator, `Conferences?${query}`)).body.conferences.length;
    expect(await found('Status=init')).toBe(1);
    expect(await found('Status=in-progress')).toBe(0);
    await simulator.call({ url });
    expect(await found('Status=in-progress&FriendlyName=room')).toBe(1);
    expect(await found('FriendlyName=roo')).toBe(0);
    expect((await ask(simulator, 'Conferences?Status=started')).status).toBe(422);
    expect((await ask(simulator, 'Conferences?DateCreated=2026-01-01')).status).toBe(422);
  });

  it('points a number, which calls then follow', async () => {
    const { simulator } = await start();
    const { url } = await startApplication();
    const [number] = (await ask(simulator, `IncomingPhoneNumbers?PhoneNumber=%2B1555`)).body.incoming_phone_numbers;
    expect(number).toMatchObject({ phone_number: simulator.phoneNumber, voice_url: null, voice_method: 'POST' });
    const pointed = await ask(simulator, `IncomingPhoneNumbers/${number.sid}`, { VoiceUrl: url, VoiceMethod: 'GET' });
    expect(pointed.body).toMatchObject({ voice_url: url, voice_method: 'GET' });
    expect((await simulator.call()).status).toBe('in-progress');
  });

  it('pauses and resumes a recording, which then reads `resumed`', async () => {
    const { simulator } = await start();
    const { url } = await startApplication(RECORDED);
    const calls = [await simulator.call({ url }), await simulator.call({ url })];
    const { sid } = simulator.conferences()[0] ?? {};
    const [recording] = (await ask(simulator, `Conferences/${sid}/Recordings`)).body.recordings;
    const path = `Conferences/${sid}/Recordings/${recording.sid}`;
    expect(recording).toMatchObject({
      status: 'in-progress',
      source: 'Conference',
      call_sid: null,
      conference_sid: sid,
    });
    expect((await ask(simulator, path, { Status: 'paused', PauseBehavior: 'skip' })).body.status).toBe('paused');
    expect((await ask(simulator, path, { Status: 'in-progress' })).body.status).toBe('resumed');
    expect((await ask(simulator, path)).body.status).toBe('resumed');

    const refused = { status: 422, body: { errors: [expect.any(String)] } };
    expect(await ask(simulator, path, { Status: 'off' })).toEqual(refused);
    expect(await ask(simulator, path, { Status: 'paused', PauseBehavior: 'mute' })).toEqual(refused);
    for (const call of calls) simulator.hangUp(call);
    expect(await ask(simulator, path, { Status: 'paused' })).toEqual(refused);
  });

  it('spends half of the latency before a request is handled, and half after', async () => {
    const { simulator } = await start();
    const { url } = await startApplication(RECORDED);
    await simulator.call({ url });
    await simulator.call({ url });
    const conference = simulator.conferences()[0];
    simulator.latencyMs = 200;
    const startedAt = performance.now();
    const changed = once(simulator.events, 'change').then(() => performance.now() - startedAt);
    await ask(simulator, `Conferences/${conference?.sid}/Recordings/${conference?.recordings[0]?.sid}`, {
      Status: 'paused',
    });
    const answeredMs = performance.now() - startedAt;
    expect(await changed).toBeGreaterThanOrEqual(99);
    expect(answeredMs - (await changed)).toBeGreaterThanOrEqual(99);
  });
});

describe("the simulator's webhooks", () => {
  it.each(['POST', 'GET'] as const)('are signed, with %s', async (method) => {
    const { simulator } = await start();
    const { url, heard } = await startApplication(
      `${RECORDED} statusCallbackMethod="${method}" recordingStatusCallbackMethod="${method}"`,
    );
    await simulator.call({ url: `${url}/voice?room=x`, method });
    await simulator.call({ url: `${url}/voice?room=x`, method });
    await eventually(() => expect(heard.some(({ url }) => url.includes('/recording'))).toBe(true));
    for (const { method: used, url, form, signature } of heard) {
      expect(used).toBe(method);
      expect(signature).toBe(sign(simulator.signingKey, url, form));
    }
  });

  it('tell what happens in a conference, the recording from the second person on', async () => {
    const { simulator, problems } = await start();
    const { url, heard } = await startApplication(RECORDED);
    const first = await simulator.call({ url });
    await eventually(() => expect(events()).toHaveLength(1));
    expect(simulator.conferences()[0]).toMatchObject({ status: 'init', recordings: [] });
    const second = await simulator.call({ url });
    await eventually(() => expect(events()).toHaveLength(4));
    simulator.hangUp(first);
    simulator.hangUp(second);
    await eventually(() => expect(events()).toHaveLength(8));
    function events() {
      return heard.map(({ form }) => form.StatusCallbackEvent ?? form.RecordingStatus).filter(Boolean);
    }
    expect(events().toSorted()).toEqual(
      [
        'participant-join',
        'participant-join',
        'conference-start',
        'in-progress',
        'participant-leave',
        'participant-leave',
        'conference-end',
        'completed',
      ].toSorted(),
    );
    const join = heard.find(({ form }) => form.StatusCallbackEvent === 'participant-join');
    expect(join?.form).toMatchObject({
      AccountSid: simulator.projectId,
      CallSid: first.sid,
      FriendlyName: 'room',
      Timestamp: expect.stringMatching(/^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} \+0000$/),
    });
    expect(problems).toEqual([]);
  });

  it("follow the first person's document, whatever later ones say", async () => {
    const { simulator } = await start();
    const silent = await startApplication();
    const loud = await startApplication(RECORDED);
    await simulator.call({ url: silent.url });
    await simulator.call({ url: loud.url });
    expect(simulator.conferences()[0]).toMatchObject({ status: 'in-progress', recordings: [] });
    expect(loud.heard.map(({ url }) => new URL(url).pathname)).toEqual(['/']);
  });

  it('are tried three times in all, then they are lost', async () => {
    const { simulator, problems } = await start();
    const { url, heard } = await startApplication(RECORDED, ({ url }) => (url === '/status' ? 500 : undefined));
    await simulator.call({ url });
    await eventually(() =>
      expect(problems).toEqual([expect.stringMatching(/\/status was lost: it was answered with 500/)]),
    );
    expect(heard.filter(({ url }) => url.endsWith('/status'))).toHaveLength(3);
  });

  it.each([
    ['an attribute that does not exist', 'recordFromStart="true"', /recordFromStart/],
    ['a value that does not exist', 'record="yes"', /record/],
    ['an event that does not exist', 'statusCallback="URL/x" statusCallbackEvent="joined"', /statusCallbackEvent/],
    ['an address that is none', 'statusCallback="/callback"', /statusCallback/],
    ['broken XML', 'record="a & b"', /well-formed/],
    ['a name that is too long', '', /64/],
  ])('fail a call whose document has %s, and say why', async (_case, attributes, sentence) => {
    const { simulator, problems } = await start();
    const { url } = await startApplication(attributes);
    if (attributes === '') {
      const laml = `<Response><Dial><Conference>${'x'.repeat(65)}</Conference></Dial></Response>`;
      const server = createServer((_request, response) => response.setHeader('content-type', 'text/xml').end(laml));
      const port = await listen(server, 0, '127.0.0.1');
      onTestFinished(() => void server.close());
      await simulator.call({ url: `http://127.0.0.1:${port}` });
    } else {
      expect((await simulator.call({ url })).status).toBe('failed');
    }
    expect(problems).toEqual([expect.stringMatching(sentence)]);
  });
});

describe("the simulator's account", () => {
  it('tells recorded time from time recorded alone and from time lost', async () => {
    const { simulator } = await start();
    const { url } = await startApplication(RECORDED);
    const [, second] = [await simulator.call({ url }), await simulator.call({ url })];
    const conference = simulator.conferences()[0];
    const path = `Conferences/${conference?.sid}/Recordings/${conference?.recordings[0]?.sid}`;

    simulator.hangUp(second);
    await eventually(() => expect(simulator.account().soloMs).toBeGreaterThan(50));
    await ask(simulator, path, { Status: 'paused' });
    const afterSolo = simulator.account();
    expect(afterSolo).toMatchObject({ lostMs: 0 });

    await simulator.call({ url });
    await eventually(() => expect(simulator.account().lostMs).toBeGreaterThan(100));
    await ask(simulator, path, { Status: 'in-progress' });
    const afterLost = simulator.account();
    expect(afterLost.soloMs).toBe(afterSolo.soloMs);
    expect(afterLost.recordedMs).toBeLessThan(afterSolo.recordedMs + 50);
    expect(afterLost.longestWrongMs).toBeCloseTo(Math.max(afterLost.soloMs, afterLost.lostMs), 5);

    await eventually(() => expect(simulator.account().recordedMs).toBeGreaterThan(afterLost.recordedMs + 50));
    expect(simulator.account()).toMatchObject({ soloMs: afterSolo.soloMs, lostMs: afterLost.lostMs });
  });
});
