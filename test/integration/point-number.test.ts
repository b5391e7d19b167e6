import { describe, expect, it, onTestFinished } from 'vitest';
import { startService } from '../../src/service.js';
import { current } from '../../src/simulator/model/timeline.js';
import { startSimulator } from '../../src/simulator/simulator.js';
import { eventually } from '../support/eventually.js';
import { keepLog } from '../support/log.js';
import { liveConference, loopbackTunnel, settingsFor } from '../support/service-beside-simulator.js';
import { recordingStatus } from '../support/space-state.js';

const PUBLIC_URL = 'https://recorder.example.com';
const INFO = 'info';
const WARN = 'warn';

interface Given {
  voiceUrl?: string;
  voiceMethod?: 'GET' | 'POST';
  voiceApplicationSid?: string;
  /** The number to point. The default is the simulator's. */
  phoneNumber?: string;
  publicUrl?: string;
  /** Other numbers of the project. */
  others?: string[];
  scopes?: ('Voice' | 'Numbers')[];
}

/** Starts a service that points the number at itself. Resolves when the result is logged. */
async function startPointing(given: Given = {}) {
  const simulator = await startSimulator();
  onTestFinished(() => simulator.close());
  const [number] = simulator.numbers;
  if (!number) throw new Error('The simulator has no number.');
  number.voiceUrl = given.voiceUrl;
  number.voiceMethod = given.voiceMethod ?? 'POST';
  number.voiceApplicationSid = given.voiceApplicationSid;
  for (const other of given.others ?? []) simulator.addNumber(other);
  for (const scope of ['Voice', 'Numbers'] as const) {
    if (given.scopes && !given.scopes.includes(scope)) simulator.scopes.delete(scope);
  }
  const writes: string[] = [];
  simulator.events.on('request', ({ method, path }) => {
    if (method === 'POST') writes.push(path);
  });
  const { log, lines } = keepLog();
  const phoneNumber = given.phoneNumber ?? simulator.phoneNumber;
  const settings = settingsFor(simulator, { phoneNumber, publicUrl: given.publicUrl ?? PUBLIC_URL });
  const service = await startService({ settings, log, openTunnel: loopbackTunnel });
  onTestFinished(() => service.close());
  const logged = await eventually(() => {
    const found = lines.filter(({ msg }) => msg.includes(phoneNumber));
    expect(found).not.toEqual([]);
    return found;
  });
  return { simulator, number, writes, logged };
}

describe('a phone number in the settings', () => {
  it.each([
    ['nothing', undefined, ''],
    ['an old ngrok address', 'https://abc123.ngrok-free.app/inbound', ''],
    ['an old ngrok address with a room', 'https://1f2e.ngrok.io/inbound?room=sales', '?room=sales'],
    ['another path of our own host', `${PUBLIC_URL}/voice?room=R%26D+1&x=2`, '?room=R%26D+1'],
    ['our own host over http', 'http://recorder.example.com/inbound', ''],
  ])('is pointed at the service at the start if it pointed to %s', async (_case, voiceUrl, query) => {
    const { number, writes, logged } = await startPointing({ ...(voiceUrl && { voiceUrl }), voiceMethod: 'GET' });
    expect(number).toMatchObject({ voiceUrl: `${PUBLIC_URL}/inbound${query}`, voiceMethod: 'POST' });
    expect(writes).toHaveLength(1);
    expect(logged).toMatchObject([{ level: INFO, ...(voiceUrl && { before: voiceUrl, methodBefore: 'GET' }) }]);
  });

  it('is not changed if it points at the service already', async () => {
    const voiceUrl = `${PUBLIC_URL}/inbound?room=sales`;
    const { number, writes, logged } = await startPointing({ voiceUrl });
    expect(number.voiceUrl).toBe(voiceUrl);
    expect(writes).toEqual([]);
    expect(logged).toMatchObject([{ level: INFO, msg: expect.stringContaining('already') }]);
  });

  it.each([
    ['another host', { voiceUrl: 'https://example.com/voice' }, 'https://example.com/voice'],
    ['a host that only looks like ngrok', { voiceUrl: 'https://ngrok.io.example.com/' }, 'ngrok.io.example.com'],
    ['another port of our host', { voiceUrl: `${PUBLIC_URL}:8443/inbound` }, ':8443'],
    ['something that is no URL', { voiceUrl: 'office' }, 'points to office'],
    ['an application', { voiceApplicationSid: 'b3877c40-da60-4998-90ad-b792e98472af' }, 'application'],
  ])('is not changed if it points to %s, and a warning says what to do', async (_case, given, words) => {
    const { number, writes, logged } = await startPointing(given);
    expect(number).toMatchObject(given);
    expect(writes).toEqual([]);
    expect(logged).toMatchObject([{ level: WARN }]);
    expect(logged[0]?.msg).toContain(words);
    expect(logged[0]?.msg).toMatch(/set its voice webhook to https:\/\/recorder\.example\.com\/inbound, with POST/);
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

  it('is found on any page of the list', async () => {
    const others = Array.from({ length: 1000 }, (_, count) => `+1555${String(3_000_000 + count)}`);
    const { number, logged } = await startPointing({ others });
    expect(number.voiceUrl).toBe(`${PUBLIC_URL}/inbound`);
    expect(logged).toMatchObject([{ level: INFO }]);
  });

  it('is not changed if the token lacks the Numbers scope, and the service runs nevertheless', async () => {
    const { simulator, number, logged } = await startPointing({ scopes: ['Voice'] });
    expect(number.voiceUrl).toBeUndefined();
    expect(logged).toMatchObject([
      { level: WARN, msg: expect.stringMatching(/lacks the Numbers scope.*set its voice webhook/) },
    ]);
    expect(simulator.numbers).toHaveLength(1);
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

  it('is optional: without one, SignalWire is not asked for numbers', async () => {
    const simulator = await startSimulator();
    onTestFinished(() => simulator.close());
    const paths: string[] = [];
    simulator.events.on('request', ({ path }) => paths.push(path));
    const { log } = keepLog();
    const service = await startService({ settings: settingsFor(simulator), log, openTunnel: loopbackTunnel });
    onTestFinished(() => service.close());
    expect(paths.filter((path) => path.includes('IncomingPhoneNumbers'))).toEqual([]);
    expect(simulator.numbers[0]?.voiceUrl).toBeUndefined();
  });
});
