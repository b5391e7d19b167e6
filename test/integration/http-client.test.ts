import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listen } from '../../src/http/server.js';
import { createHttpClient } from '../../src/signalwire/http-client.js';
import { createSpace, type RequestOutcome } from '../../src/signalwire/rest-space.js';
import { SpaceError } from '../../src/signalwire/space-error.js';
import { eventually } from '../support/eventually.js';
import { stopTime } from '../support/stop-time.js';

const PROJECT = '51a91a7e-0000-4000-8000-000000000001';
const CONFERENCE = '51a91a7e-0000-4000-8000-000000000002';
const RECORDING = '51a91a7e-0000-4000-8000-000000000003';

/** A path below the account, in the SDK's form. */
const below = (path: string) => `/2010-04-01/Accounts/${PROJECT}/${path}.json`;
const UNDER_CONFERENCE = below(`Conferences/${CONFERENCE}/Recordings/${RECORDING}`);
const UNDER_ACCOUNT = below(`Recordings/${RECORDING}`);

/** Starts a server that answers as the test determines, and creates a space that uses it. */
async function startSpace(answer: RequestListener, timeoutMs = 60_000) {
  const server = createServer(answer);
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  // With 0, the server keeps connections open and sends no Keep-Alive header, so the client decides how long it keeps them.
  server.keepAliveTimeout = 0;
  const port = await listen(server, 0, '127.0.0.1');
  const spaceUrl = `http://127.0.0.1:${port}`;
  const outcomes: RequestOutcome[] = [];
  const space = createSpace({
    spaceUrl,
    projectId: PROJECT,
    apiToken: 'token',
    timeoutMs,
    onRequest: (outcome) => void outcomes.push(outcome),
  });
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    space.close();
  });
  return { space, outcomes, connections: () => connections };
}

/** Starts a space that answers every request with this JSON. */
function startSpaceWithAnswer(body: unknown) {
  return startSpace((_request, response) => response.end(JSON.stringify(body)));
}

/** Starts a space that has only the resources at these paths. `requested` are the paths of the requests, without the query. */
async function startSpaceWith(bodies: Record<string, unknown>) {
  const requested: string[] = [];
  const { space } = await startSpace((request, response) => {
    const path = request.url?.split('?')[0] ?? '';
    requested.push(path);
    if (!(path in bodies)) response.writeHead(404);
    response.end(JSON.stringify(bodies[path] ?? {}));
  });
  return { space, requested };
}

/** Resolves with the error that a promise rejects with. @throws Error if it isn't a SpaceError */
async function failureOf(promise: Promise<unknown>): Promise<SpaceError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof SpaceError) return error;
  throw new Error(`Not a SpaceError: ${error}`);
}

describe('a request to SignalWire', () => {
  it('is a form with Basic credentials, and a pause includes PauseBehavior', async () => {
    const seen: unknown[] = [];
    const { space } = await startSpace(async (request, response) => {
      const body = (await request.toArray()).join('');
      const { authorization, 'content-type': type } = request.headers;
      seen.push({ method: request.method, url: request.url, body, authorization, type });
      response.end('{"status":"paused"}');
    });
    await space.updateRecording(CONFERENCE, RECORDING, 'paused', 'skip');
    await space.updateRecording(CONFERENCE, RECORDING, 'in-progress', 'skip');
    const common = {
      method: 'POST',
      url: `/2010-04-01/Accounts/${PROJECT}/Conferences/${CONFERENCE}/Recordings/${RECORDING}.json`,
      authorization: `Basic ${Buffer.from(`${PROJECT}:token`).toString('base64')}`,
      type: 'application/x-www-form-urlencoded',
    };
    expect(seen).toEqual([
      { ...common, body: 'Status=paused&PauseBehavior=skip' },
      { ...common, body: 'Status=in-progress' },
    ]);
  });

  it.each([
    ['JSON', 503, '{"code":20503,"message":"busy","status":503}', /503.*busy/],
    ['HTML', 503, '<html>Service unavailable</html>', /503/],
    ['nothing', 503, '', /503/],
    ['the errors of a 422', 422, '{"errors":["already over"]}', /422.*already over/],
    ["the errors of a call's 400", 400, '{"errors":[{"code":"21210","message":"not yours"}]}', /400.*: not yours/],
    ['a redirect', 302, '', /302/],
    ['200 that is not JSON', 200, '<html></html>', /other than JSON/],
  ])('that is answered with %s fails with its status and a message', async (_case, status, body, sentence) => {
    const { space } = await startSpace((_request, response) => response.writeHead(status).end(body));
    for (const promise of [
      space.listParticipants(CONFERENCE),
      space.updateRecording(CONFERENCE, RECORDING, 'paused', 'skip'),
    ]) {
      const error = await failureOf(promise);
      expect(error.status).toBe(status);
      expect(error.message).toMatch(sentence);
    }
  });

  it.each([
    '',
    '{}',
    '[]',
    'null',
    '"text"',
    '{"sid":"x"}',
    '{"uri":"/x"}',
    '{"message":null}',
    '{"participants":null,"recordings":null,"conferences":null}',
    '{"participants":{},"recordings":{},"conferences":{}}',
    '{"participants":[{}],"recordings":[{}]}',
    '{"participants":[null],"recordings":[null]}',
    '{"participants":[{"call_sid":7}],"recordings":[{"sid":7,"status":"paused"}]}',
    '{"participants":[{"call_sid":"a"},{"call_sid":""}],"recordings":[{"sid":"a","status":"paused"},{"sid":"b"}]}',
    '{"participants":[{"call_sid":"../x"}],"recordings":[{"sid":"../x","status":"paused"}]}',
    '{"participants":[],"recordings":[],"next_page_uri":7}',
    `{"participants":[],"recordings":[],"next_page_uri":"${below('Calls')}"}`,
  ])('that is answered with %s fails as unreadable', async (body) => {
    const { space, outcomes } = await startSpace((_request, response) => response.end(body));
    for (const promise of [
      space.listParticipants(CONFERENCE),
      space.listRecordings(CONFERENCE),
      space.fetchConferenceStatus(CONFERENCE),
      space.fetchRecording(CONFERENCE, RECORDING),
      space.findConferenceOf(RECORDING),
      space.fetchCallState(CONFERENCE),
      space.fetchCallStatus(CONFERENCE),
    ]) {
      expect((await failureOf(promise)).message).toMatch(/could not be read/);
    }
    expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['unreadable']));
  });

  it.each(['', '{}', '[]', 'null', '{"participants":[]}', '{"conferences":null}', '{"conferences":{}}'])(
    'for the list of conferences fails if it is answered with %s',
    async (body) => {
      const { space } = await startSpace((_request, response) => response.end(body));
      expect((await failureOf(space.listConferences('in-progress'))).message).toMatch(/could not be read/);
    },
  );

  it.each([
    ['2', 2000],
    ['0', 0],
    ['soon', undefined],
    ['Wed, 30 Aug 2023 17:12:03 GMT', 0],
    [undefined, undefined],
  ])('that is answered with Retry-After: %s fails with that wait', async (header, expected) => {
    const { space } = await startSpace((_request, response) => {
      response.writeHead(429, header === undefined ? {} : { 'retry-after': header }).end();
    });
    expect((await failureOf(space.listParticipants(CONFERENCE))).retryAfterMs).toBe(expected);
  });

  it('that is answered with a future date as Retry-After fails with the time until then', async () => {
    const date = new Date(Date.now() + 3_600_000).toUTCString();
    const { space } = await startSpace((_request, response) => {
      response.sendDate = false;
      response.writeHead(503, { 'retry-after': date }).end();
    });
    const { retryAfterMs = 0 } = await failureOf(space.listParticipants(CONFERENCE));
    expect(retryAfterMs).toBeGreaterThan(3_500_000);
    expect(retryAfterMs).toBeLessThanOrEqual(3_600_000);
  });

  it('that is answered with dates as Retry-After and Date fails with the difference', async () => {
    const { space } = await startSpace((_request, response) => {
      const headers = { date: 'Wed, 30 Aug 2023 17:12:03 GMT', 'retry-after': 'Wed, 30 Aug 2023 17:12:05 GMT' };
      response.writeHead(503, headers).end();
    });
    expect((await failureOf(space.listParticipants(CONFERENCE))).retryAfterMs).toBe(2000);
  });

  it('that is never answered times out', async () => {
    const { space, outcomes } = await startSpace(() => {}, 100);
    const error = await failureOf(space.listParticipants(CONFERENCE));
    expect(outcomes).toMatchObject([{ operation: 'list_participants', outcome: 'no_answer' }]);
    expect(error.status).toBeUndefined();
    expect(error.message).toMatch(/did not answer GET .*no answer within 0\.1 s/);
  });

  it('whose answer never ends times out', async () => {
    const { space } = await startSpace((_request, response) => response.write('{'), 100);
    expect((await failureOf(space.listParticipants(CONFERENCE))).status).toBeUndefined();
  });

  it.each([
    ['with a protocol', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'],
    ['without a protocol', ''],
  ])('that is answered with 101 %s fails at once', async (_case, headers) => {
    const { space } = await startSpace((request) =>
      request.socket.write(`HTTP/1.1 101 Switching Protocols\r\n${headers}\r\n`),
    );
    const error = await failureOf(space.updateRecording(CONFERENCE, RECORDING, 'paused', 'skip'));
    expect(error.message).toMatch(/101/);
    expect(error.message).not.toMatch(/timeout/);
  });

  it('whose answer exceeds 16 MB fails, and reading stops', async () => {
    let bytesSent = 0;
    let cutOff = false;
    const { space } = await startSpace(async (_request, response) => {
      const megabyte = ' '.repeat(1024 * 1024);
      response.once('close', () => {
        cutOff = !response.writableFinished;
        bytesSent = response.socket?.bytesWritten ?? bytesSent;
      });
      for (let count = 0; count < 100 && !response.destroyed; count += 1) {
        await new Promise((resolve) => response.write(megabyte, resolve));
        bytesSent = response.socket?.bytesWritten ?? bytesSent;
      }
      response.end();
    });
    const error = await failureOf(space.listParticipants(CONFERENCE));
    expect(error.message).toMatch(/more than 16 MB/);
    expect(error.status).toBe(200);
    await expect.poll(() => cutOff).toBe(true);
    expect(bytesSent).toBeLessThan(40 * 1024 * 1024);
  });

  it('whose answer trickles in and never ends times out', async () => {
    const { space } = await startSpace((_request, response) => {
      const trickle = setInterval(() => response.write(' '), 10);
      response.once('close', () => clearInterval(trickle));
    }, 100);
    const error = await failureOf(space.listParticipants(CONFERENCE));
    expect(error.message).toMatch(/did not answer GET .*no answer within 0\.1 s/);
  });

  it('whose connection is lost fails', async () => {
    const { space } = await startSpace((request) => request.socket.destroy());
    expect((await failureOf(space.listParticipants(CONFERENCE))).status).toBeUndefined();
  });

  it('never includes the token in its error', async () => {
    const { space } = await startSpace((_request, response) => response.writeHead(401).end('{}'));
    const error = await failureOf(space.listParticipants(CONFERENCE));
    expect(JSON.stringify([error.message, error.stack, error])).not.toMatch(/token|Basic/);
  });

  it("ignores the environment variables of Twilio's SDK", async () => {
    process.env.TWILIO_REGION = 'elsewhere';
    onTestFinished(() => void delete process.env.TWILIO_REGION);
    const { space } = await startSpace((_request, response) => response.end('{"participants":[]}'));
    expect(await space.listParticipants(CONFERENCE)).toEqual([]);
  });

  it('is never sent to another host, even if an answer links to one', async () => {
    const client = createHttpClient({ origin: 'http://127.0.0.1:2', timeoutMs: 100, onDate: () => {} });
    onTestFinished(() => client.close());
    const elsewhere = { method: 'GET', uri: 'http://127.0.0.1:1/elsewhere', username: 'a', password: 'b' } as const;
    expect((await failureOf(client.request(elsewhere))).message).toMatch(/links to another host/);
  });

  it('for a list fails if a later page fails, without an unhandled rejection', async () => {
    const next_page_uri = '/api/laml/2010-04-01/Accounts/x/Participants?Page=1&PageToken=PA1';
    const { space } = await startSpace((request, response) => {
      if (request.url === next_page_uri) response.writeHead(503);
      response.end(JSON.stringify({ participants: [{ call_sid: 'a', status: 'in-progress' }], next_page_uri }));
    });
    expect((await failureOf(space.listParticipants(CONFERENCE))).status).toBe(503);
  });

  it('for a list fails if a page links to itself or to an earlier page', async () => {
    const page = (number: number) => below(`Conferences/${CONFERENCE}/Participants`).concat(`?Page=${number}`);
    for (const after of [() => 1, (number: number) => 3 - number]) {
      let requests = 0;
      const { space } = await startSpace((request, response) => {
        requests += 1;
        const number = Number(new URL(request.url ?? '', 'http://x').searchParams.get('Page') ?? 1);
        response.end(JSON.stringify({ participants: [{ call_sid: 'a' }], next_page_uri: page(after(number)) }));
      });
      expect((await failureOf(space.listParticipants(CONFERENCE))).message).toMatch(/links back to itself/);
      expect(requests).toBeLessThan(5);
    }
  });

  it('for a list fails after a thousand pages', async () => {
    let requests = 0;
    const { space } = await startSpace((_request, response) => {
      requests += 1;
      response.end(JSON.stringify({ conferences: [], next_page_uri: `${below('Conferences')}?Page=${requests}` }));
    });
    expect((await failureOf(space.listConferences('in-progress'))).message).toMatch(/more than 1000 pages/);
    expect(requests).toBe(1000);
  });

  it.each([
    [200, '{"sid":"x","status":"paused"}'],
    [200, '{}'],
    [200, 'null'],
    [200, ''],
    [202, ''],
    [202, '{"status":"queued"}'],
    [204, ''],
  ])('to pause or resume succeeds if it is answered with %i %s', async (status, body) => {
    const { space, outcomes } = await startSpace((_request, response) => response.writeHead(status).end(body));
    expect(await space.updateRecording(CONFERENCE, RECORDING, 'paused', 'skip')).toBeUndefined();
    expect(await space.updateRecording(CONFERENCE, RECORDING, 'in-progress', 'skip')).toBeUndefined();
    expect(outcomes.map(({ operation, outcome }) => [operation, outcome])).toEqual([
      ['update_recording', 'ok'],
      ['update_recording', 'ok'],
    ]);
  });

  it('reuses a connection that has been idle for up to 55 s', async () => {
    const sockets: Socket[] = [];
    const onSocket = (message: unknown) => void sockets.push((message as { socket: Socket }).socket);
    subscribe('net.client.socket', onSocket);
    onTestFinished(() => void unsubscribe('net.client.socket', onSocket));
    const { space, connections } = await startSpace((_request, response) => response.end('{"participants":[]}'));
    await space.listParticipants(CONFERENCE);
    // Node closes a socket that has been idle for that many milliseconds.
    await eventually(() => expect(sockets.map(({ timeout }) => timeout)).toEqual([55_000]));
    await space.listParticipants(CONFERENCE);
    expect(connections()).toBe(1);
  });
});

describe('the space', () => {
  it.each([
    ['queued', 'in-progress'],
    ['in-progress', 'in-progress'],
    ['resumed', 'in-progress'],
    ['something-new', 'in-progress'],
    ['paused', 'paused'],
    ['completed', 'over'],
    ['absent', 'over'],
    ['stopped', 'over'],
    ['failed', 'over'],
  ])('reads the recording status %s as %s', async (status, state) => {
    const { space } = await startSpaceWithAnswer({ sid: RECORDING, status });
    expect(await space.fetchRecording(CONFERENCE, RECORDING)).toEqual({ sid: RECORDING, state });
  });

  it.each([
    ['queued', 'alive'],
    ['ringing', 'alive'],
    ['in-progress', 'alive'],
    ['something-new', 'alive'],
    ['completed', 'over'],
    ['canceled', 'over'],
    ['busy', 'over'],
    ['failed', 'over'],
    ['no-answer', 'over'],
  ])('reads the call status %s as %s', async (status, state) => {
    const { space } = await startSpaceWithAnswer({ sid: RECORDING, status });
    expect(await space.fetchCallState(RECORDING)).toBe(state);
    expect(await space.fetchCallStatus(RECORDING)).toBe(status);
  });

  it('lists every participant, even if a status or a flag is missing', async () => {
    const { space } = await startSpaceWithAnswer({
      participants: [
        { call_sid: 'held', status: 'in-progress', hold: true, coaching: null, muted: true },
        { call_sid: 'coach', status: 'connected', hold: 'no', coaching: true },
        { call_sid: 'gone', status: 'completed' },
        { call_sid: 'unknown' },
        { call_sid: 'null', status: null, hold: false },
      ],
    });
    expect(await space.listParticipants(CONFERENCE)).toEqual([
      { callSid: 'held', status: 'in-progress', hold: true, coaching: false },
      { callSid: 'coach', status: 'connected', hold: false, coaching: true },
      { callSid: 'gone', status: 'completed', hold: false, coaching: false },
      { callSid: 'unknown', status: undefined, hold: false, coaching: false },
      { callSid: 'null', status: undefined, hold: false, coaching: false },
    ]);
  });

  it('reads all pages of a list, with a page size of 1000', async () => {
    const urls: string[] = [];
    const next = '/api/laml/2010-04-01/Accounts/x/Participants?Page=1&PageToken=PA1';
    const { space, outcomes } = await startSpace((request, response) => {
      urls.push(request.url ?? '');
      const isFirst = urls.length === 1;
      const participants = [{ call_sid: isFirst ? 'a' : 'b', status: 'in-progress' }];
      response.end(JSON.stringify({ participants, next_page_uri: isFirst ? next : null, page: 0, more: 'x' }));
    });
    expect((await space.listParticipants(CONFERENCE)).map(({ callSid }) => callSid)).toEqual(['a', 'b']);
    expect(urls).toEqual([expect.stringContaining('PageSize=1000'), next]);
    expect(outcomes.map(({ operation, outcome }) => [operation, outcome])).toEqual([['list_participants', 'ok']]);
  });

  it('lists the newest recording first, and those without a readable date last', async () => {
    const { space } = await startSpaceWithAnswer({
      recordings: [
        { sid: 'undated', status: 'in-progress' },
        { sid: 'garbled', status: 'in-progress', date_created: 'yesterday' },
        { sid: 'old', status: 'in-progress', date_created: 'Wed, 30 Aug 2023 17:12:03 +0000' },
        { sid: 'new', status: 'paused', date_created: 'Wed, 30 Aug 2023 17:12:05 +0000' },
        { sid: 'newest', status: 'completed', date_created: 'Wed, 30 Aug 2023 17:12:07 +0000' },
      ],
    });
    expect(await space.listRecordings(CONFERENCE)).toEqual([
      { sid: 'newest', state: 'over' },
      { sid: 'new', state: 'paused' },
      { sid: 'old', state: 'in-progress' },
      { sid: 'undated', state: 'in-progress' },
      { sid: 'garbled', state: 'in-progress' },
    ]);
  });

  it('leaves invalid conferences out of a list', async () => {
    const { space } = await startSpaceWithAnswer({
      conferences: [
        null,
        'text',
        { friendly_name: 'no SID' },
        { sid: 7, friendly_name: 'a number for a SID' },
        { sid: 'a/b', friendly_name: 'a SID that leads elsewhere' },
        { sid: 'number', friendly_name: 7 },
        { sid: 'ours', friendly_name: 'recorded-x', date_created: 'Wed, 30 Aug 2023 17:12:03 +0000' },
        { sid: 'unnamed', friendly_name: null, date_created: 12 },
        { sid: 'bare' },
      ],
    });
    expect(await space.listConferences('in-progress')).toEqual([
      { sid: 'ours', name: 'recorded-x', createdAt: Date.UTC(2023, 7, 30, 17, 12, 3) },
      { sid: 'unnamed', name: '', createdAt: 0 },
      { sid: 'bare', name: '', createdAt: 0 },
    ]);
  });

  it('leaves invalid phone numbers out of a list', async () => {
    const { space } = await startSpaceWithAnswer({
      incoming_phone_numbers: [
        { sid: 'a', phone_number: '+15550100', voice_url: null, voice_method: 'POST', voice_application_sid: null },
        {
          sid: 'b',
          phone_number: '+15550101',
          voice_url: 'https://x',
          voice_method: 'GET',
          voice_fallback_url: 'https://y',
          voice_fallback_method: 'POST',
          voice_application_sid: 'c',
        },
        { sid: 'd' },
      ],
    });
    expect(await space.listPhoneNumbers()).toEqual([
      {
        sid: 'a',
        phoneNumber: '+15550100',
        voiceUrl: '',
        voiceMethod: 'POST',
        fallbackUrl: '',
        fallbackMethod: '',
        hasApplication: false,
      },
      {
        sid: 'b',
        phoneNumber: '+15550101',
        voiceUrl: 'https://x',
        voiceMethod: 'GET',
        fallbackUrl: 'https://y',
        fallbackMethod: 'POST',
        hasApplication: true,
      },
    ]);
  });

  it.each([
    ['whole URLs', (host: string) => `http://${host}`],
    ['paths', () => ''],
    ['URLs of another host, which does not get the token', () => 'https://example.com'],
  ])("follows links to next pages of SignalWire's own REST API that are %s", async (_case, originOf) => {
    const asked: string[] = [];
    const { space, outcomes } = await startSpace(({ url = '', headers }, response) => {
      asked.push(url);
      const isFirst = !url.includes('page_token');
      const next = `${originOf(headers.host ?? '')}/api/relay/rest/phone_numbers?page_number=1&page_token=PA1`;
      const number = { number: isFirst ? '+155501000' : '+15550100', call_handler: isFirst ? 'ai_agent' : null };
      response.end(JSON.stringify({ data: [number], links: isFirst ? { next } : {} }));
    });
    expect(await space.fetchCallHandler('+15550100')).toEqual({
      kind: undefined,
      resourceId: '',
      requestUrl: '',
      receivesFaxes: false,
    });
    expect(asked).toEqual([
      '/api/relay/rest/phone_numbers?page_size=1000',
      '/api/relay/rest/phone_numbers?page_number=1&page_token=PA1',
    ]);
    expect(await space.fetchCallHandler('+15550109')).toBeUndefined();
    expect(outcomes.map(({ operation, outcome }) => [operation, outcome])).toEqual([
      ['fetch_call_handler', 'ok'],
      ['fetch_call_handler', 'ok'],
    ]);
  });

  it.each([
    ['lead back', { data: [], links: { next: '/api/relay/rest/phone_numbers?page_size=1000' } }, /no end/],
    ['lead elsewhere', { data: [], links: { next: '/api/relay/rest/queues' } }, /belongs to something else/],
    ['lead nowhere', { data: [], links: { next: 'http://' } }, /belongs to something else/],
    ['lack their numbers', { links: {} }, /data/],
  ])("fails if pages of SignalWire's own REST API %s", async (_case, body, reason) => {
    const { space } = await startSpaceWithAnswer(body);
    expect((await failureOf(space.fetchCallHandler('+15550100'))).message).toMatch(reason);
  });

  it('returns the SID of a placed call, and fails if there is none', async () => {
    const call = { to: '+15550100', from: '+15550101', url: 'https://recorder.example.com/inbound' };
    expect(await (await startSpaceWithAnswer({ sid: 'a', status: 'queued' })).space.placeCall(call)).toBe('a');
    expect((await failureOf((await startSpaceWithAnswer({})).space.placeCall(call))).message).toMatch(
      /could not be read/,
    );
  });
});

describe('a 404', () => {
  it('means that there are no recordings, no call and no conference, but never an empty conference', async () => {
    const { space } = await startSpaceWith({});
    expect(await space.listRecordings(CONFERENCE)).toEqual([]);
    expect(await space.fetchRecording(CONFERENCE, RECORDING)).toBeUndefined();
    expect(await space.findConferenceOf(RECORDING)).toBeUndefined();
    expect(await space.fetchConferenceStatus(CONFERENCE)).toBeUndefined();
    expect(await space.fetchCallState(CONFERENCE)).toBeUndefined();
    expect((await failureOf(space.listParticipants(CONFERENCE))).status).toBe(404);
    expect((await failureOf(space.listConferences('init'))).status).toBe(404);
    expect((await failureOf(space.updateRecording(CONFERENCE, RECORDING, 'paused', 'skip'))).status).toBe(404);
  });

  it('for a recording under its conference leads to a read under the account', async () => {
    const { space, requested } = await startSpaceWith({ [UNDER_ACCOUNT]: { sid: RECORDING, status: 'paused' } });
    expect(await space.fetchRecording(CONFERENCE, RECORDING)).toEqual({ sid: RECORDING, state: 'paused' });
    expect(requested).toEqual([UNDER_CONFERENCE, UNDER_ACCOUNT]);
  });

  it('is the only reason to read a recording under the account', async () => {
    const { space, requested } = await startSpaceWith({ [UNDER_CONFERENCE]: { sid: RECORDING, status: 'completed' } });
    expect(await space.fetchRecording(CONFERENCE, RECORDING)).toEqual({ sid: RECORDING, state: 'over' });
    expect(requested).toEqual([UNDER_CONFERENCE]);
  });
});

describe('the conference of a recording', () => {
  it.each([
    [{ sid: RECORDING, status: 'paused', conference_sid: CONFERENCE }, CONFERENCE],
    [{ sid: RECORDING, status: 'paused', conference_sid: null }, undefined],
    [{ sid: RECORDING, status: 'paused', conference_sid: '' }, undefined],
    [{ sid: RECORDING, status: 'paused', conference_sid: 'a/b' }, undefined],
    [{ sid: RECORDING, status: 'paused' }, undefined],
  ])('is read from the recording %j: %s', async (recording, conferenceSid) => {
    const { space } = await startSpaceWith({ [UNDER_ACCOUNT]: recording });
    expect(await space.findConferenceOf(RECORDING)).toBe(conferenceSid);
  });
});

describe('a space that rejects the filter by the status init', () => {
  const page = {
    conferences: [
      { sid: 'waiting', friendly_name: 'recorded-x', status: 'init' },
      { sid: 'running', friendly_name: 'recorded-y', status: 'in-progress' },
      { sid: 'unknown', friendly_name: 'recorded-z' },
    ],
    next_page_uri: `${below('Conferences')}?Page=1`,
  };

  it.each([400, 422])('with %i gets one request for its newest conferences', async (status) => {
    const urls: string[] = [];
    const { space } = await startSpace((request, response) => {
      urls.push(request.url ?? '');
      if (request.url?.includes('Status=')) response.writeHead(status).end('{}');
      else response.end(JSON.stringify(page));
    });
    expect(await space.listConferences('init')).toEqual([{ sid: 'waiting', name: 'recorded-x', createdAt: 0 }]);
    expect(urls).toEqual([
      `${below('Conferences')}?Status=init&PageSize=1000`,
      `${below('Conferences')}?PageSize=1000`,
    ]);
  });

  it('gets no second request after another error, or if it rejects another status', async () => {
    for (const [status, filter] of [
      [503, 'init'],
      [422, 'in-progress'],
    ] as const) {
      let requests = 0;
      const { space } = await startSpace((_request, response) => {
        requests += 1;
        response.writeHead(status).end('{}');
      });
      expect((await failureOf(space.listConferences(filter))).status).toBe(status);
      expect(requests).toBe(1);
    }
  });
});

describe("SignalWire's clock", () => {
  it('is our own until an answer has a Date, and then that date plus the time since then', async () => {
    const letPass = stopTime();
    const then = Date.UTC(2023, 7, 30, 17, 12, 3);
    let date: string | undefined = new Date(then).toUTCString();
    const { space } = await startSpace((_request, response) => {
      response.sendDate = false;
      if (date !== undefined) response.setHeader('date', date);
      response.writeHead(503).end();
    });
    const before = Date.now();
    const now = space.now();
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now());
    await failureOf(space.listParticipants(CONFERENCE));
    expect(space.now()).toBe(then);
    letPass(30_000);
    expect(space.now()).toBe(then + 30_000);

    for (const useless of [undefined, 'noon']) {
      date = useless;
      await failureOf(space.listParticipants(CONFERENCE));
      expect(space.now()).toBe(then + 30_000);
    }
  });
});
