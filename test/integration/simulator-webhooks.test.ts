import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { listen } from '../../src/http/server.js';
import { current } from '../../src/simulator/model/timeline.js';
import { eventually } from '../support/eventually.js';
import { sign } from '../support/sign.js';
import { RECORDED, requestApi, startApplication, startSpace } from '../support/simulated-space.js';
import { recordingStatus } from '../support/space-state.js';

/** Never settles, like an application that doesn't answer. */
const hang = () => new Promise<number>(() => {});

describe("the simulator's webhooks", () => {
  it.each(['POST', 'GET'] as const)('are signed, with %s', async (method) => {
    const { simulator } = await startSpace();
    const { url, received } = await startApplication(
      `${RECORDED} statusCallbackMethod="${method}" recordingStatusCallbackMethod="${method}"`,
    );
    await simulator.call({ url: `${url}/voice?room=x`, method });
    await simulator.call({ url: `${url}/voice?room=x`, method });
    await eventually(() => expect(received.some(({ url }) => url.includes('/recording'))).toBe(true));
    for (const { method: used, url, parameters, signature } of received) {
      expect(used).toBe(method);
      expect(signature).toBe(sign(simulator.signingKey, url, parameters));
    }
  });

  it('are sent as JSON in a space that does so, signed in hex over URL and body', async () => {
    const { simulator } = await startSpace({ traits: { parameters: 'json' } });
    const { url, received, callbacks } = await startApplication(RECORDED);
    await simulator.call({ url: `${url}/voice?room=x` });
    await simulator.call({ url: `${url}/voice?room=x` });
    await eventually(() => expect(callbacks()).toHaveLength(4));
    expect(received).toHaveLength(6);
    for (const { url, contentType, body, parameters, signature } of received) {
      expect(contentType).toBe('application/json');
      expect(signature).toBe(
        createHmac('sha1', simulator.signingKey)
          .update(url + body)
          .digest('hex'),
      );
      expect(parameters.AccountSid).toBe(simulator.projectId);
      for (const value of Object.values(parameters)) expect(value).toEqual(expect.any(String));
    }
  });

  it('report the events of a conference, and its recording once a second person joins', async () => {
    const { simulator, problems } = await startSpace();
    const { url, callbacks, events } = await startApplication(RECORDED);
    const first = await simulator.call({ url });
    await eventually(() => expect(events()).toHaveLength(1));
    const [conference] = simulator.conferences();
    expect(conference).toMatchObject({ recordings: [] });
    expect(conference && current(conference.status)).toBe('waiting');
    const second = await simulator.call({ url });
    await eventually(() => expect(events()).toHaveLength(4));
    simulator.hangUp(first);
    simulator.hangUp(second);
    await eventually(() => expect(events()).toHaveLength(8));
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
    const [join] = callbacks();
    expect(join?.parameters).toEqual({
      AccountSid: simulator.projectId,
      ApiVersion: '2010-04-01',
      CallSid: first.sid,
      CallStatus: 'in-progress',
      ConferenceSid: conference?.sid,
      Direction: 'inbound',
      Duration: '0',
      EndConferenceOnExit: 'false',
      EventName: 'participant-join',
      FriendlyName: 'room',
      From: first.from,
      Hold: 'false',
      Muted: 'false',
      StartConferenceOnEnter: 'true',
      StatusCallbackEvent: 'participant-join',
      Timestamp: expect.stringMatching(/^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} \+0000$/),
      To: simulator.phoneNumber,
    });
    const end = callbacks().find(({ parameters }) => parameters.StatusCallbackEvent === 'conference-end');
    expect(end?.parameters).toMatchObject({
      RecordingUrl: `${simulator.url}/api/laml/2010-04-01/Accounts/${simulator.projectId}/Recordings/${conference?.recordings[0]?.sid}`,
      RecordingFileSize: expect.stringMatching(/^\d+$/),
    });
    expect(problems).toEqual([]);
  });

  it("follow the first person's LaML, and ignore later ones", async () => {
    const { simulator } = await startSpace();
    const silent = await startApplication();
    const loud = await startApplication(RECORDED);
    await simulator.call({ url: silent.url });
    await simulator.call({ url: loud.url });
    const [conference] = simulator.conferences();
    expect(conference && current(conference.status)).toBe('in-progress');
    expect(conference && recordingStatus(conference)).toBeUndefined();
    expect(loud.received.map(({ url }) => new URL(url).pathname)).toEqual(['/']);
  });

  it.each([
    ['an attribute that does not exist', 'recordFromStart="true"', /recordFromStart/],
    ['a value that does not exist', 'record="yes"', /record/],
    ['an event that does not exist', 'statusCallback="URL/x" statusCallbackEvent="joined"', /statusCallbackEvent/],
    ['an invalid URL', 'statusCallback="/callback"', /statusCallback/],
    ['broken XML', 'record="a & b"', /well-formed/],
    ['a name that is too long', '', /64/],
  ])('fail a call whose LaML has %s, with the reason', async (_case, attributes, sentence) => {
    const { simulator, problems } = await startSpace();
    const { url } = await startApplication(attributes);
    if (attributes === '') {
      const laml = `<Response><Dial><Conference>${'x'.repeat(65)}</Conference></Dial></Response>`;
      const server = createServer((_request, response) => response.setHeader('content-type', 'text/xml').end(laml));
      const port = await listen(server, 0, '127.0.0.1');
      onTestFinished(() => void server.close());
      await simulator.call({ url: `http://127.0.0.1:${port}` });
    } else {
      expect(current((await simulator.call({ url })).status)).toBe('failed');
    }
    expect(problems).toEqual([expect.stringMatching(sentence)]);
  });
});

describe('a webhook that fails', () => {
  it('is retried twice, each time after a wait, and is then lost', async () => {
    const { simulator, problems } = await startSpace({ retryWaitsMs: [50, 200] });
    // Node fires timers of the same length in the order in which they were set, so the order is certain on a busy machine, too.
    const happened: string[] = [];
    const waitsMs = [50, 200];
    const { url } = await startApplication(RECORDED, ({ url }) => {
      if (url !== '/status') return undefined;
      happened.push('attempt');
      const ms = waitsMs.shift();
      if (ms !== undefined) setTimeout(() => happened.push(`${ms} ms`), ms);
      return 500;
    });
    await simulator.call({ url });
    await eventually(() =>
      expect(problems).toEqual([expect.stringMatching(/\/status was lost: it was answered with 500/)]),
    );
    expect(happened).toEqual(['attempt', '50 ms', 'attempt', '200 ms', 'attempt']);
  });

  it('is not retried once it has succeeded', async () => {
    const { simulator, problems } = await startSpace({ retryWaitsMs: [0, 0] });
    let attempts = 0;
    const { url } = await startApplication(RECORDED, ({ url }) =>
      url === '/status' && ++attempts < 2 ? 503 : undefined,
    );
    await simulator.call({ url });
    await eventually(() => expect(attempts).toBe(2));
    // A third attempt would follow at once. The next two callbacks come later.
    await simulator.call({ url });
    await eventually(() => expect(attempts).toBe(4));
    expect(problems).toEqual([]);
  });

  it('is cut off after the time in the fragment of its URL, which is neither sent nor signed', async () => {
    const { simulator, problems } = await startSpace({ retryWaitsMs: [] });
    const { url, received } = await startApplication(
      RECORDED.replace('/status', '/status#ot=60000&amp;rt=100'),
      (request) => (request.url === '/status' ? hang() : undefined),
    );
    await simulator.call({ url });
    await eventually(() => expect(problems).toEqual([expect.stringContaining('the answer took longer than 100 ms')]));
    const [attempt, ...others] = await eventually(() => {
      const callbacks = received.filter(({ url }) => url.endsWith('/status'));
      expect(callbacks).not.toEqual([]);
      return callbacks;
    });
    expect(others).toEqual([]);
    expect(attempt?.signature).toBe(sign(simulator.signingKey, attempt?.url ?? '', attempt?.parameters));
  });

  it('is lost when the time for all attempts is over', async () => {
    const { simulator, problems } = await startSpace({ retryWaitsMs: [600_000] });
    // The test decides when that time is over.
    const total = new AbortController();
    const { timeout } = AbortSignal;
    const spy = vi
      .spyOn(AbortSignal, 'timeout')
      .mockImplementation((ms) => (ms === 200 ? total.signal : timeout.call(AbortSignal, ms)));
    onTestFinished(() => spy.mockRestore());
    const { url, received } = await startApplication(RECORDED.replace('/status', '/status#tt=200'), ({ url }) =>
      url === '/status' ? 500 : undefined,
    );
    await simulator.call({ url });
    const attempts = () => received.filter(({ url }) => url.endsWith('/status'));
    await eventually(() => expect(attempts()).toHaveLength(1));
    expect(spy).toHaveBeenCalledWith(200);
    expect(problems).toEqual([]);
    total.abort();
    await eventually(() => expect(problems).toEqual([expect.stringMatching(/\/status.* was lost/)]));
    expect(attempts()).toHaveLength(1);
  });

  it('is lost if no connection is established in time', async () => {
    const { simulator, problems } = await startSpace();
    // It accepts connections, and never completes a TLS handshake.
    const server = createTcpServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    await simulator.call({ url: `https://127.0.0.1:${port}/#ot=100&rt=60000` });
    expect(problems).toEqual([expect.stringContaining('the connection took longer than 100 ms')]);
  });

  it('fails the call if it is the voice webhook, which is not retried', async () => {
    const { simulator, problems } = await startSpace();
    const { url, received } = await startApplication('', () => hang());
    expect(current((await simulator.call({ url: `${url}#ot=60000&rt=100` })).status)).toBe('failed');
    await eventually(() => expect(received).toHaveLength(1));
    expect(problems).toEqual([expect.stringContaining('the answer took longer than 100 ms')]);
    expect(await requestApi(simulator, 'Calls?Status=failed')).toMatchObject({
      body: { calls: [{ status: 'failed' }] },
    });
  });
});
