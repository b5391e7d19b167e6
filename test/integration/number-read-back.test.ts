import { describe, expect, it, onTestFinished } from 'vitest';
import { createRecorder } from '../../src/recorder.js';
import type { Traits } from '../../src/simulator/model/traits.js';
import { startSimulator } from '../../src/simulator/simulator.js';
import { eventually } from '../support/eventually.js';
import { keepLog } from '../support/log.js';
import { settingsFor } from '../support/service-beside-simulator.js';
import {
  type Given,
  HOW_TO,
  INFO,
  OURS,
  PUBLIC_URL,
  startPointing,
  WARN,
  withNumbers,
} from '../support/start-pointing.js';

describe('a phone number that was just pointed', () => {
  it.each<Partial<Traits>>([{ listLagMs: 400 }, { readLagMs: 400 }])(
    'is waited for while it reads as before: %o',
    async (traits) => {
      const { writes, logged } = await startPointing({ traits, numberLag: 60_000 });
      expect(writes).toHaveLength(1);
      expect(logged).toMatchObject([{ level: INFO, msg: expect.stringContaining('now points to') }]);
    },
  );

  it.each<[Partial<Traits>, string]>([
    [{ listLagMs: 60_000 }, 'nothing handles its calls'],
    [{ readLagMs: 60_000 }, 'its voice webhook is empty, with POST'],
  ])('is reported if it reads as before for too long: %o', async (traits, words) => {
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
      { voiceUrl: 'https://1f2e.ngrok.io/inbound', onWrite: () => ({ status: 200, body: {} }) },
      'its voice webhook is https://1f2e.ngrok.io/inbound',
    ],
    [
      'another address in the other API',
      {
        onHandlerRequest: (handle, ordinal) =>
          ordinal === 1 ? handle() : withNumbers(handle(), { call_request_url: 'https://1f2e.ngrok.io/inbound' }),
      },
      'its calls go to https://1f2e.ngrok.io/inbound',
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
});
