import { describe, expect, it, onTestFinished } from 'vitest';
import { startService } from '../../src/service.js';
import { CALL_HANDLERS } from '../../src/simulator/model/phone-number.js';
import { current } from '../../src/simulator/model/timeline.js';
import { startSimulator } from '../../src/simulator/simulator.js';
import { eventually } from '../support/eventually.js';
import { keepLog } from '../support/log.js';
import { loopbackTunnel, settingsFor } from '../support/service-beside-simulator.js';
import {
  type Given,
  HOW_TO,
  INFO,
  NUMBERS,
  OURS,
  PUBLIC_URL,
  patched,
  RELAY_NUMBERS,
  startPointing,
  WARN,
} from '../support/start-pointing.js';

describe('a phone number in the settings', () => {
  it.each([
    ['nothing', undefined, ''],
    ['an old ngrok address', 'https://abc123.ngrok-free.app/inbound', ''],
    ['an old ngrok address with a room', 'https://1f2e.ngrok.io/inbound?room=sales', '?room=sales'],
    ['where it was mounted before', `${PUBLIC_URL}/recorder/inbound?room=R%26D+1`, '?room=R%26D+1'],
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
    ['another application on our host', { voiceUrl: `${PUBLIC_URL}/menu?room=sales` }, '/menu'],
    ['another application behind ngrok', { voiceUrl: 'https://abc123.ngrok-free.app/voice' }, '/voice'],
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

  it('is not changed if the token lacks the Numbers scope, and the service is ready nevertheless', async () => {
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

  it('that points at the service is fine, even if what handles its calls can not be read', async () => {
    const onHandlerRequest = () => ({ status: 404, body: { error: 'Not Found' } });
    const { writes, logged } = await startPointing({ voiceUrl: OURS, voiceFallbackUrl: OURS, onHandlerRequest });
    expect(writes).toEqual([]);
    expect(logged).toMatchObject([
      { level: INFO, msg: expect.stringMatching(/already points to .*, but what handles its calls could not be read/) },
    ]);
  });

  it('that points at the service, but is handled by something else, is left alone', async () => {
    const given = { voiceUrl: OURS, voiceFallbackUrl: OURS, handler: 'relay_script' } as const;
    const { writes, logged } = await startPointing(given);
    expect(writes).toEqual([]);
    expect(logged).toMatchObject([{ level: WARN, msg: expect.stringContaining('a SWML script (relay_script)') }]);
  });

  it('points at the service if its address is shown by the compatibility API only, beside a resource', async () => {
    const shown = { voiceUrl: OURS, voiceFallbackUrl: OURS, handlerResourceId: 'r1' };
    const { writes, logged } = await startPointing({ ...shown, onHandlerRequest: patched({ call_request_url: null }) });
    expect(writes).toEqual([]);
    expect(logged).toMatchObject([{ level: INFO, msg: expect.stringContaining('already') }]);
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
