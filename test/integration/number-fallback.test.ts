import { createServer, request } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listen } from '../../src/http/server.js';
import { startService } from '../../src/service.js';
import { current } from '../../src/simulator/model/timeline.js';
import { startSimulator } from '../../src/simulator/simulator.js';
import { eventually } from '../support/eventually.js';
import { keepLog } from '../support/log.js';
import { liveConference, settingsFor } from '../support/service-beside-simulator.js';
import { headCount } from '../support/space-state.js';
import {
  type Given,
  HOW_TO_KEEP_FALLBACK,
  INFO,
  OURS,
  patched,
  startPointing,
  WARN,
} from '../support/start-pointing.js';

describe('the fallback of a phone number in the settings', () => {
  it.each<[string, Given, string]>([
    ['refuses', { onHandlerRequest: () => ({ status: 403, body: { error: 'No' } }) }, 'could not be read: SignalWire'],
    ['lacks the number', { onHandlerRequest: patched({ number: '+15550100999' }) }, 'is unknown, because SignalWire'],
  ])(
    'is not set if the other API %s; a number that points here is not said to be left alone then',
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

  it.each<[string, Given]>([
    ['empty', { voiceUrl: `${OURS}?room=sales` }],
    ['an old ngrok address', { voiceUrl: `${OURS}?room=sales`, voiceFallbackUrl: 'https://1f2e.ngrok.io/inbound' }],
    ['another room', { voiceUrl: `${OURS}?room=sales`, voiceFallbackUrl: `${OURS}?room=other` }],
    [
      'ours, but with GET',
      { voiceUrl: `${OURS}?room=sales`, voiceFallbackUrl: `${OURS}?room=sales`, voiceFallbackMethod: 'GET' },
    ],
  ])("becomes the number's own address, with the room, if it is %s", async (_case, given) => {
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

  it("is kept if it is somebody else's, and the log says so", async () => {
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

  it('is kept if it is another application on our own host', async () => {
    const voiceFallbackUrl = `${new URL(OURS).origin}/sorry`;
    const { number, logged } = await startPointing({ voiceFallbackUrl });
    expect(number).toMatchObject({ voiceUrl: OURS, voiceFallbackUrl });
    expect(logged).toMatchObject([
      { level: INFO, msg: expect.stringContaining(`its fallback stays ${voiceFallbackUrl}`) },
    ]);
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
});
