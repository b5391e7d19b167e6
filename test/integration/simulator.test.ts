import { describe, expect, it } from 'vitest';
import { current } from '../../src/simulator/model/timeline.js';
import { eventually } from '../support/eventually.js';
import { RECORDED, requestApi, startApplication, startSpace } from '../support/simulated-space.js';
import { headCount, isOver } from '../support/space-state.js';
import { stopTime } from '../support/stop-time.js';

describe("the simulator's REST API", () => {
  it.each(['/api/laml/2010-04-01/Accounts/', '/2010-04-01/Accounts/'])(
    'is at %s, with and without .json',
    async (base) => {
      const { simulator } = await startSpace();
      for (const ending of ['', '.json']) {
        const account = await requestApi(simulator, `${base}${simulator.projectId}${ending}`);
        expect(account).toMatchObject({ status: 200, body: { sid: simulator.projectId, auth_token: 'redacted' } });
        const list = await requestApi(simulator, `${base}${simulator.projectId}/Conferences${ending}`);
        expect(list.body).toMatchObject({ conferences: [], page: 0, page_size: 50, next_page_uri: null });
      }
    },
  );

  it('rejects wrong credentials and other projects', async () => {
    const { simulator } = await startSpace();
    expect(await requestApi(simulator, 'Conferences', undefined, 'wrong')).toMatchObject({
      status: 401,
      body: { code: 20003, status: 401, message: expect.any(String), more_info: expect.stringContaining('https://') },
    });
    const other = await requestApi(simulator, '/2010-04-01/Accounts/51a91a7e-0000-4000-8000-000000000000/Conferences');
    expect(other.status).toBe(401);
  });

  it.each([
    'Conferences/51a91a7e-0000-4000-8000-000000000000',
    'Conferences/51a91a7e-0000-4000-8000-000000000000/Participants',
    'Calls/nobody',
    'Nothing',
  ])('answers 404 for %s', async (path) => {
    const { simulator } = await startSpace();
    expect(await requestApi(simulator, path)).toMatchObject({ status: 404, body: { code: 20404, status: 404 } });
  });

  it('places a call, which rings, requests LaML and joins, and ends the call', async () => {
    const { simulator, problems } = await startSpace();
    const { url, received } = await startApplication(RECORDED);
    const placed = await requestApi(simulator, 'Calls.json', {
      To: '+15550100001',
      From: '+15550100000',
      Url: `${url}/voice`,
    });
    expect(placed).toMatchObject({
      status: 200,
      body: { status: 'queued', direction: 'outbound', to: '+15550100001' },
    });
    await eventually(() => expect(simulator.conferences().map(headCount)).toEqual([1]));
    expect(received[0]).toMatchObject({
      method: 'POST',
      parameters: { CallSid: placed.body.sid, AccountSid: simulator.projectId },
    });
    expect((await requestApi(simulator, `Calls/${placed.body.sid}`)).body.status).toBe('in-progress');

    expect((await requestApi(simulator, `Calls/${placed.body.sid}`, { Status: 'canceled' })).status).toBe(422);
    const ended = await requestApi(simulator, `Calls/${placed.body.sid}`, { Status: 'completed' });
    expect(ended).toMatchObject({ status: 200, body: { status: 'completed' } });
    expect(simulator.conferences().map(isOver)).toEqual([true]);
    expect((await requestApi(simulator, `Calls/${placed.body.sid}`, { Status: 'completed' })).status).toBe(422);
    expect(problems).toEqual([]);
  });

  it.each([
    ['21211', { From: '+15550100000', Url: 'http://127.0.0.1/' }, /To/],
    ['21211', { To: '15550100001', From: '+15550100000', Url: 'http://127.0.0.1/' }, /To .*E\.164/],
    ['21212', { To: '+15550100001', From: 'anonymous', Url: 'http://127.0.0.1/' }, /From .*E\.164/],
    ['21205', { To: '+15550100001', From: '+15550100000', Url: '/inbound' }, /Url/],
    ['21210', { To: '+15550100001', From: '+15550100009', Url: 'http://127.0.0.1/' }, /number of the project/],
    ['21217', { To: '+15550100604', From: '+15550100000', Url: 'http://127.0.0.1/' }, /valid number/],
  ])('rejects a call with the error %s: %j', async (code, form, sentence) => {
    const { simulator } = await startSpace();
    simulator.invalidNumbers.add('+15550100604');
    const refused = await requestApi(simulator, 'Calls', form);
    expect(refused).toEqual({ status: 400, body: { errors: [{ code, message: expect.stringMatching(sentence) }] } });
  });

  it.each(['busy', 'no-answer', 'failed'] as const)(
    'places a call that ends %s, and requests no LaML for it',
    async (end) => {
      const { simulator } = await startSpace();
      const { url, received } = await startApplication();
      simulator.unanswered.set('+15550100002', end);
      const form = { To: '+15550100002', From: simulator.phoneNumber, Url: url };
      const { sid } = (await requestApi(simulator, 'Calls', form)).body;
      await eventually(async () => expect((await requestApi(simulator, `Calls/${sid}`)).body.status).toBe(end));
      expect(received).toEqual([]);
      expect((await requestApi(simulator, `Calls/${sid}`, { Status: 'completed' })).status).toBe(422);
    },
  );

  it.each([
    ['Numbers', 'IncomingPhoneNumbers', 'Conferences'],
    ['Voice', 'Conferences', 'IncomingPhoneNumbers'],
  ] as const)(
    'answers 401 to a token without the %s scope, as it does to a wrong token',
    async (scope, closed, open) => {
      const { simulator } = await startSpace();
      simulator.scopes.delete(scope);
      expect(await requestApi(simulator, closed)).toMatchObject({ status: 401, body: { code: 20003 } });
      expect((await requestApi(simulator, open)).status).toBe(200);
    },
  );

  it('changes only the voice webhook of a number', async () => {
    const { simulator } = await startSpace();
    const [number] = simulator.numbers;
    const form = { VoiceUrl: 'https://example.com/', FriendlyName: 'Mine' };
    expect((await requestApi(simulator, `IncomingPhoneNumbers/${number?.sid}`, form)).status).toBe(422);
    expect(number?.voiceUrl).toBeUndefined();
  });

  it('lists participants in pages, which are linked only by next_page_uri', async () => {
    const { simulator } = await startSpace();
    const { url } = await startApplication(RECORDED);
    for (let count = 0; count < 60; count += 1) await simulator.call({ url });
    const { sid } = simulator.conferences()[0] ?? {};
    const first = await requestApi(simulator, `Conferences/${sid}/Participants`);
    expect(first.body.participants).toHaveLength(50);
    const second = await requestApi(simulator, first.body.next_page_uri);
    expect(second.body).toMatchObject({ page: 1, next_page_uri: null, previous_page_uri: first.body.first_page_uri });
    expect(second.body.participants).toHaveLength(10);
    const all = [...first.body.participants, ...second.body.participants];
    expect(new Set(all.map(({ call_sid }) => call_sid)).size).toBe(60);

    expect((await requestApi(simulator, `Conferences/${sid}/Participants?Page=1`)).status).toBe(400);
    expect((await requestApi(simulator, `Conferences/${sid}/Participants?PageSize=1001`)).status).toBe(400);
    expect(
      (await requestApi(simulator, `Conferences/${sid}/Participants?PageSize=1000`)).body.participants,
    ).toHaveLength(60);
  });

  it('filters conferences by status and name, and rejects unknown filters', async () => {
    const { simulator } = await startSpace();
    const { url } = await startApplication();
    await simulator.call({ url });
    const found = async (query: string) =>
      (await requestApi(simulator, `Conferences?${query}`)).body.conferences.length;
    expect(await found('Status=init')).toBe(1);
    expect(await found('Status=in-progress')).toBe(0);
    await simulator.call({ url });
    expect(await found('Status=in-progress&FriendlyName=room')).toBe(1);
    expect(await found('FriendlyName=roo')).toBe(0);
    expect((await requestApi(simulator, 'Conferences?Status=started')).status).toBe(422);
    expect((await requestApi(simulator, 'Conferences?Region=us1')).status).toBe(422);
  });

  it('points a number, and calls follow it', async () => {
    const { simulator } = await startSpace();
    const { url } = await startApplication();
    const [number] = (await requestApi(simulator, `IncomingPhoneNumbers?PhoneNumber=%2B1555`)).body
      .incoming_phone_numbers;
    expect(number).toMatchObject({ phone_number: simulator.phoneNumber, voice_url: null, voice_method: 'POST' });
    const pointed = await requestApi(simulator, `IncomingPhoneNumbers/${number.sid}`, {
      VoiceUrl: url,
      VoiceMethod: 'GET',
    });
    expect(pointed.body).toMatchObject({ voice_url: url, voice_method: 'GET' });
    expect(current((await simulator.call()).status)).toBe('in-progress');
  });

  it('pauses and resumes a recording, which reads as `resumed` after that', async () => {
    const { simulator } = await startSpace();
    const { url } = await startApplication(RECORDED);
    const calls = [await simulator.call({ url }), await simulator.call({ url })];
    const { sid } = simulator.conferences()[0] ?? {};
    const [recording] = (await requestApi(simulator, `Conferences/${sid}/Recordings`)).body.recordings;
    const path = `Conferences/${sid}/Recordings/${recording.sid}`;
    expect(recording).toMatchObject({
      status: 'in-progress',
      source: 'Conference',
      call_sid: null,
      conference_sid: sid,
    });
    expect((await requestApi(simulator, path, { Status: 'paused', PauseBehavior: 'skip' })).body.status).toBe('paused');
    expect((await requestApi(simulator, path, { Status: 'in-progress' })).body.status).toBe('resumed');
    expect((await requestApi(simulator, path)).body.status).toBe('resumed');

    const refused = { status: 422, body: { errors: [expect.any(String)] } };
    expect(await requestApi(simulator, path, { Status: 'off' })).toEqual(refused);
    expect(await requestApi(simulator, path, { Status: 'paused', PauseBehavior: 'mute' })).toEqual(refused);
    for (const call of calls) simulator.hangUp(call);
    expect(await requestApi(simulator, path, { Status: 'paused' })).toEqual(refused);
  });

  it('handles a request after half of the latency, and answers after the other half', async () => {
    const { simulator } = await startSpace();
    const { url } = await startApplication(RECORDED);
    await simulator.call({ url });
    await simulator.call({ url });
    const conference = simulator.conferences()[0];
    simulator.latencyMs = 200;
    // Node fires timers of the same length in the order in which they were set, so the order is certain on a busy machine, too.
    const happened: string[] = [];
    const waitHalf = () => setTimeout(() => happened.push('100 ms'), 100);
    simulator.events.once('request', () => {
      happened.push('received');
      waitHalf();
    });
    simulator.events.once('change', () => {
      happened.push('handled');
      waitHalf();
    });
    simulator.events.once('answer', () => happened.push('answered'));
    const path = `Conferences/${conference?.sid}/Recordings/${conference?.recordings[0]?.sid}`;
    await requestApi(simulator, path, { Status: 'paused' });
    expect(happened).toEqual(['received', '100 ms', 'handled', '100 ms', 'answered']);
  });
});

describe("the simulator's recording time", () => {
  it('distinguishes time recorded, time recorded with one person alone, and time lost', async () => {
    const letPass = stopTime();
    const { simulator } = await startSpace();
    const { url } = await startApplication(RECORDED);
    const [, second] = [await simulator.call({ url }), await simulator.call({ url })];
    const conference = simulator.conferences()[0];
    const path = `Conferences/${conference?.sid}/Recordings/${conference?.recordings[0]?.sid}`;
    letPass(1000);
    expect(simulator.recordingTime()).toMatchObject({ recordedMs: 1000, soloMs: 0, lostMs: 0 });

    simulator.hangUp(second);
    letPass(200);
    await requestApi(simulator, path, { Status: 'paused' });
    letPass(5000);
    const { recordedMs } = simulator.recordingTime();
    expect(simulator.recordingTime()).toMatchObject({ soloMs: 200, lostMs: 0, longestWrongMs: 200 });

    await simulator.call({ url });
    letPass(300);
    await requestApi(simulator, path, { Status: 'in-progress' });
    letPass(40);
    const after = { recordedMs: recordedMs + 40, soloMs: 200, lostMs: 300, longestWrongMs: 300 };
    expect(simulator.recordingTime()).toMatchObject(after);
  });
});
