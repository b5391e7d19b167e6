import { randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createRecorder } from '../../src/recorder.js';
import { startService } from '../../src/service.js';
import { startSimulator } from '../../src/simulator/simulator.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { keepLog } from '../support/log.js';
import { liveConference, loopbackTunnel, settingsFor } from '../support/service-beside-simulator.js';
import { recordingStatus } from '../support/space-state.js';
import { type Fail, INFO, OURS, PUBLIC_URL, startPointing, TRIED_AGAIN, WARN } from '../support/start-pointing.js';

/** The settings of a service whose space will be on that port of loopback. */
function settingsAt(port: number) {
  const [projectId, apiToken] = [randomUUID(), 'PT-token'];
  const space = { url: `http://127.0.0.1:${port}`, projectId, apiToken, signingKey: 'PSK-key' };
  const settings = settingsFor(space, { phoneNumber: '+15550100000', publicUrl: PUBLIC_URL });
  return { projectId, apiToken, settings };
}

describe('while SignalWire fails, a phone number in the settings', () => {
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
});
