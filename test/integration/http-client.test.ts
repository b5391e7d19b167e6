import { createServer, type RequestListener } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listen } from '../../src/server.js';
import { createSpace } from '../../src/signalwire/space.js';
import { SpaceError } from '../../src/signalwire/space-error.js';

const PROJECT = '51a91a7e-0000-4000-8000-000000000001';
const CONFERENCE = '51a91a7e-0000-4000-8000-000000000002';
const RECORDING = '51a91a7e-0000-4000-8000-000000000003';

/** The SDK with our client, against a server that answers as the test says. */
async function startSpace(answer: RequestListener, timeoutMs = 1000) {
  const server = createServer(answer);
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  // 0 keeps connections, and says nothing about it to the client: how long they are kept is then its own choice.
  server.keepAliveTimeout = 0;
  const port = await listen(server, 0, '127.0.0.1');
  const spaceUrl = `http://127.0.0.1:${port}`;
  const space = createSpace({
    spaceUrl,
    projectId: PROJECT,
    apiToken: 'token',
    pauseBehavior: 'skip',
    timeoutMs,
    onAnswered: () => {},
  });
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    space.close();
  });
  return { space, connections: () => connections };
}

async function failureOf(promise: Promise<unknown>): Promise<SpaceError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof SpaceError) return error;
  throw new Error(`Not a SpaceError: ${error}`);
}

describe('a request to SignalWire', () => {
  it('is a form with Basic credentials, and a pause says what it leaves in the recording', async () => {
    const seen: unknown[] = [];
    const { space } = await startSpace(async (request, response) => {
      const body = (await request.toArray()).join('');
      const { authorization, 'content-type': type } = request.headers;
      seen.push({ method: request.method, url: request.url, body, authorization, type });
      response.end('{"status":"paused"}');
    });
    await space.updateRecording(CONFERENCE, RECORDING, 'paused');
    await space.updateRecording(CONFERENCE, RECORDING, 'in-progress');
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
    ['200 and nothing', 200, '', /other than JSON/],
  ])('that is answered with %s fails with its status and a sentence', async (_case, status, body, sentence) => {
    const { space } = await startSpace((_request, response) => response.writeHead(status).end(body));
    for (const promise of [
      space.listParticipants(CONFERENCE),
      space.updateRecording(CONFERENCE, RECORDING, 'paused'),
    ]) {
      const error = await failureOf(promise);
      expect(error.status).toBe(status);
      expect(error.message).toMatch(sentence);
    }
  });

  it.each(['{}', '[]', 'null', '{"sid":"x"}', '{"participants":[{}]}'])(
    'that is answered with %s tells nothing, and fails',
    async (body) => {
      const { space } = await startSpace((_request, response) => response.end(body));
      for (const promise of [
        space.listParticipants(CONFERENCE),
        space.fetchConferenceStatus(CONFERENCE),
        space.fetchRecordingState(CONFERENCE, RECORDING),
        space.updateRecording(CONFERENCE, RECORDING, 'in-progress'),
      ]) {
        expect((await failureOf(promise)).message).toMatch(/could not be read/);
      }
    },
  );

  it.each([
    ['2', 2000],
    ['0', 0],
    ['soon', undefined],
    ['Wed, 30 Aug 2023 17:12:03 GMT', 0],
    [undefined, undefined],
  ])('that is answered with Retry-After: %s says when to ask again', async (header, expected) => {
    const { space } = await startSpace((_request, response) => {
      response.writeHead(429, header === undefined ? {} : { 'retry-after': header }).end();
    });
    expect((await failureOf(space.listParticipants(CONFERENCE))).retryAfterMs).toBe(expected);
  });

  it('that is answered with Retry-After as a date to come says how far that is', async () => {
    const date = new Date(Date.now() + 3_600_000).toUTCString();
    const { space } = await startSpace((_request, response) => response.writeHead(503, { 'retry-after': date }).end());
    const { retryAfterMs = 0 } = await failureOf(space.listParticipants(CONFERENCE));
    expect(retryAfterMs).toBeGreaterThan(3_500_000);
    expect(retryAfterMs).toBeLessThanOrEqual(3_600_000);
  });

  it('that is never answered fails when its time is up', async () => {
    const { space } = await startSpace(() => {}, 100);
    const error = await failureOf(space.listParticipants(CONFERENCE));
    expect(error.status).toBeUndefined();
    expect(error.message).toMatch(/did not answer GET .*timeout/);
  });

  it('whose answer never ends fails when its time is up', async () => {
    const { space } = await startSpace((_request, response) => response.write('{'), 100);
    expect((await failureOf(space.listParticipants(CONFERENCE))).status).toBeUndefined();
  });

  it('whose connection is lost fails', async () => {
    const { space } = await startSpace((request) => request.socket.destroy());
    expect((await failureOf(space.listParticipants(CONFERENCE))).status).toBeUndefined();
  });

  it('never tells the token when it fails', async () => {
    const { space } = await startSpace((_request, response) => response.writeHead(401).end('{}'));
    const error = await failureOf(space.listParticipants(CONFERENCE));
    expect(JSON.stringify([error.message, error.stack, error])).not.toMatch(/token|Basic/);
  });

  it('takes no host from the environment of another SDK', async () => {
    process.env.TWILIO_REGION = 'elsewhere';
    onTestFinished(() => void delete process.env.TWILIO_REGION);
    const { space } = await startSpace((_request, response) => response.end('{"participants":[]}'));
    expect(await space.listParticipants(CONFERENCE)).toEqual([]);
  });

  it('never goes anywhere but to the space, whatever an answer says where the next page is', async () => {
    const meta = { key: 'participants', next_page_url: 'http://127.0.0.1:1/elsewhere' };
    const { space } = await startSpace((_request, response) =>
      response.end(JSON.stringify({ participants: [{ call_sid: 'a', status: 'in-progress' }], meta })),
    );
    expect((await failureOf(space.listParticipants(CONFERENCE))).message).toMatch(/leads away from the space/);
  });

  it('that fails at a later page of a list fails, and leaves nothing behind that ends the process', async () => {
    const next_page_uri = '/api/laml/2010-04-01/Accounts/x/Participants?Page=1&PageToken=PA1';
    const { space } = await startSpace((request, response) => {
      if (request.url === next_page_uri) response.writeHead(503);
      response.end(JSON.stringify({ participants: [{ call_sid: 'a', status: 'in-progress' }], next_page_uri }));
    });
    expect((await failureOf(space.listParticipants(CONFERENCE))).status).toBe(503);
  });

  it("finds the connection of the last one warm, also after the 5 s for which Node's own agent keeps one", {
    timeout: 15_000,
  }, async () => {
    const { space, connections } = await startSpace((_request, response) => response.end('{"participants":[]}'));
    await space.listParticipants(CONFERENCE);
    const idleSince = Date.now();
    await expect.poll(() => Date.now() - idleSince, { timeout: 10_000, interval: 100 }).toBeGreaterThan(5500);
    await space.listParticipants(CONFERENCE);
    expect(connections()).toBe(1);
  });
});

describe("SignalWire's words", () => {
  it.each([
    ['queued', 'in-progress'],
    ['in-progress', 'in-progress'],
    ['resumed', 'in-progress'],
    ['something-new', 'in-progress'],
    ['paused', 'paused'],
    ['completed', undefined],
    ['absent', undefined],
    ['stopped', undefined],
    ['failed', undefined],
  ])('a recording that is %s is %s to us', async (status, state) => {
    const { space } = await startSpace((_request, response) =>
      response.end(JSON.stringify({ sid: RECORDING, status })),
    );
    expect(await space.fetchRecordingState(CONFERENCE, RECORDING)).toBe(state);
  });

  it('count held, muted and coaching participants as in, but not one that is completed', async () => {
    const person = (call_sid: string, more: object) => ({ call_sid, status: 'in-progress', ...more });
    const participants = [
      person('held', { hold: true }),
      person('muted', { muted: true }),
      person('coaching', { coaching: true }),
      person('gone', { status: 'completed' }),
    ];
    const { space } = await startSpace((_request, response) => response.end(JSON.stringify({ participants })));
    expect(await space.listParticipants(CONFERENCE)).toEqual(['held', 'muted', 'coaching']);
  });

  it('follow the pages of a list to its end, a thousand at a time', async () => {
    const urls: string[] = [];
    const next = '/api/laml/2010-04-01/Accounts/x/Participants?Page=1&PageToken=PA1';
    const { space } = await startSpace((request, response) => {
      urls.push(request.url ?? '');
      const isFirst = urls.length === 1;
      const participants = [{ call_sid: isFirst ? 'a' : 'b', status: 'in-progress' }];
      response.end(JSON.stringify({ participants, next_page_uri: isFirst ? next : null }));
    });
    expect(await space.listParticipants(CONFERENCE)).toEqual(['a', 'b']);
    expect(urls).toEqual([expect.stringContaining('PageSize=1000'), next]);
  });

  it('name the newest recording that is not over first', async () => {
    const recordings = [
      { sid: 'old', status: 'in-progress', date_created: 'Wed, 30 Aug 2023 17:12:03 +0000' },
      { sid: 'new', status: 'paused', date_created: 'Wed, 30 Aug 2023 17:12:05 +0000' },
      { sid: 'over', status: 'completed', date_created: 'Wed, 30 Aug 2023 17:12:07 +0000' },
    ];
    const { space } = await startSpace((_request, response) => response.end(JSON.stringify({ recordings })));
    expect(await space.listLiveRecordings(CONFERENCE)).toEqual([
      { sid: 'new', state: 'paused' },
      { sid: 'old', state: 'in-progress' },
    ]);
  });
});
