import { describe, expect, it } from 'vitest';
import { CALL_HANDLERS } from '../../src/simulator/model/phone-number.js';
import { current } from '../../src/simulator/model/timeline.js';
import { eventually } from '../support/eventually.js';
import { requestApi, startApplication, startSpace } from '../support/simulated-space.js';

const PATH = '/api/relay/rest/phone_numbers';
const RESOURCE_ID = /^[\da-f-]{36}$/;

describe("numbers in SignalWire's own REST API", () => {
  it.each(CALL_HANDLERS)('can be handled by every kind of handler: %s', async (handler) => {
    const { simulator } = await startSpace();
    const number = simulator.addNumber('+15550177777', { handler });
    const { status, body } = await requestApi(simulator, `${PATH}/${number.sid}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ number: '+15550177777', call_handler: handler, call_receive_mode: 'voice' });
    const resource = handler === 'laml_webhooks' ? null : expect.stringMatching(RESOURCE_ID);
    expect(body.calling_handler_resource_id).toEqual(resource);
  });

  it('show the voice webhook and its fallback, and nothing as the handler of a new number', async () => {
    const { simulator } = await startSpace();
    const [listed] = (await requestApi(simulator, PATH)).body.data;
    expect(listed).toMatchObject({ call_handler: null, call_request_url: null, call_fallback_url: null });
    simulator.pointNumber('https://example.com/voice', 'GET', 'https://example.com/fallback');
    expect((await requestApi(simulator, `${PATH}?filter_number=0100000`)).body.data).toMatchObject([
      {
        call_handler: 'laml_webhooks',
        call_request_url: 'https://example.com/voice',
        call_request_method: 'GET',
        call_fallback_url: 'https://example.com/fallback',
        call_fallback_method: 'POST',
      },
    ]);
  });

  it('are listed in pages that only their links lead to, newest first', async () => {
    const { simulator } = await startSpace();
    for (const digit of [1, 2, 3, 4]) simulator.addNumber(`+1555017777${digit}`);
    const first = (await requestApi(simulator, `${PATH}?filter_number=17777&page_size=3`)).body;
    const numbersOf = ({ data }: { data: { number: string }[] }) => data.map(({ number }) => number);
    expect(numbersOf(first)).toEqual(['+15550177774', '+15550177773', '+15550177772']);
    expect(Object.keys(first.links)).toEqual(['self', 'first', 'next']);
    const next = new URL(first.links.next);
    expect(next.origin).toBe(simulator.url);
    const second = (await requestApi(simulator, next.pathname + next.search)).body;
    expect(numbersOf(second)).toEqual(['+15550177771']);
    expect(Object.keys(second.links)).toEqual(['self', 'first', 'prev']);
    const back = new URL(second.links.prev);
    expect(numbersOf((await requestApi(simulator, back.pathname + back.search)).body)).toEqual(numbersOf(first));
  });

  it.each([
    ['page_number=1', 400, 'Bad Request'],
    ['page_size=1001', 400, 'Bad Request'],
    ['PhoneNumber=1', 400, 'Bad Request'],
  ])('are refused with an undocumented query: %s', async (query, status, error) => {
    const { simulator } = await startSpace();
    expect(await requestApi(simulator, `${PATH}?${query}`)).toEqual({ status, body: { error } });
  });

  it('are refused without the Numbers scope or with a wrong token, and there is nothing else', async () => {
    const { simulator } = await startSpace();
    const unauthorized = { status: 401, body: { error: 'Unauthorized' } };
    expect(await requestApi(simulator, PATH, undefined, 'wrong')).toEqual(unauthorized);
    const [number] = simulator.numbers;
    expect((await requestApi(simulator, `${PATH}/${number?.sid}`, {})).status).toBe(404);
    expect((await requestApi(simulator, `${PATH}/51a91a7e-0000-4000-8000-000000000000`)).status).toBe(404);
    expect((await requestApi(simulator, '/api/relay/rest/queues')).status).toBe(404);
    simulator.scopes.delete('Voice');
    expect((await requestApi(simulator, PATH)).status).toBe(200);
    simulator.scopes.delete('Numbers');
    expect(await requestApi(simulator, PATH)).toEqual(unauthorized);
  });

  it('change their fallback with their voice webhook', async () => {
    const { simulator } = await startSpace();
    const [number] = simulator.numbers;
    const { url } = await startApplication();
    const form = { VoiceUrl: url, VoiceFallbackUrl: `${url}/again`, VoiceFallbackMethod: 'GET' };
    expect((await requestApi(simulator, `IncomingPhoneNumbers/${number?.sid}`, form)).body).toMatchObject({
      voice_url: url,
      voice_fallback_url: `${url}/again`,
      voice_fallback_method: 'GET',
    });
    expect(current((await simulator.call()).status)).toBe('in-progress');
  });

  it('read as before their last change for as long as lists and reads lag', async () => {
    const { simulator } = await startSpace();
    const [number] = simulator.numbers;
    const path = `IncomingPhoneNumbers/${number?.sid}`;
    const urls = async () => [
      (await requestApi(simulator, 'IncomingPhoneNumbers')).body.incoming_phone_numbers[0].voice_url,
      (await requestApi(simulator, path)).body.voice_url,
      (await requestApi(simulator, PATH)).body.data[0].call_request_url,
      (await requestApi(simulator, `${PATH}/${number?.sid}`)).body.call_request_url,
    ];
    const lag = (listLagMs: number, readLagMs: number) => Object.assign(simulator.traits, { listLagMs, readLagMs });
    lag(60_000, 60_000);
    const [first, second] = ['https://example.com/first', 'https://example.com/second'];
    expect((await requestApi(simulator, path, { VoiceUrl: first })).body.voice_url).toBe(first);
    expect(await urls()).toEqual([null, null, null, null]);
    lag(60_000, 0);
    expect(await urls()).toEqual([null, first, null, first]);
    lag(0, 60_000);
    expect(await urls()).toEqual([first, null, first, null]);
    lag(50, 50);
    await eventually(async () => expect(await urls()).toEqual([first, first, first, first]));
    lag(60_000, 60_000);
    await requestApi(simulator, path, { VoiceUrl: second });
    expect(await urls()).toEqual([null, null, null, null]);
    lag(0, 0);
    expect(await urls()).toEqual([second, second, second, second]);
  });

  it('take no calls by a voice webhook that does not handle them', async () => {
    const { simulator } = await startSpace();
    expect(() => simulator.call()).toThrow(/handled by nothing/);
    const [number] = simulator.numbers;
    simulator.pointNumber('https://example.com/voice');
    if (number) number.handler = 'ai_agent';
    expect(() => simulator.call()).toThrow(/handled by ai_agent/);
  });
});

it('a call whose voice webhook fails is put through by its fallback, as the same call', async () => {
  const { simulator, problems } = await startSpace();
  const { url, received } = await startApplication('', ({ url }) => (url === '/first' ? 503 : undefined));
  simulator.pointNumber(`${url}/first`, 'POST', `${url}/second`);
  const call = await simulator.call();
  expect(current(call.status)).toBe('in-progress');
  expect(received.map((request) => [new URL(request.url).pathname, request.parameters.CallSid])).toEqual([
    ['/first', call.sid],
    ['/second', call.sid],
  ]);
  simulator.pointNumber(`${url}/first`, 'POST', `${url}/first`);
  expect(current((await simulator.call()).status)).toBe('failed');
  expect(problems).toHaveLength(1);
});
