import { createServer, request } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runChecks } from '../../src/cli/doctor-checks.js';
import { listen } from '../../src/http/server.js';
import { startService } from '../../src/service.js';
import type { Settings } from '../../src/settings/settings.js';
import { CALL_HANDLERS } from '../../src/simulator/model/phone-number.js';
import type { Simulator } from '../../src/simulator/simulator.js';
import { freePort } from '../support/free-port.js';
import { keepLog } from '../support/log.js';
import { loopbackTunnel, settingsFor, spaceOf } from '../support/service-beside-simulator.js';
import { simulated } from '../support/simulated.js';

/** Starts a service beside a simulator whose number points at it. `diagnose` runs the doctor, and resolves with its findings. */
async function startAll(simulator?: Simulator) {
  const space = simulator ?? (await simulated());
  const service = await startService({ settings: settingsFor(space), log: keepLog().log, openTunnel: loopbackTunnel });
  onTestFinished(() => service.close());
  const { port, publicUrl } = service;
  space.pointNumber(`${publicUrl}/inbound`);
  const diagnose = (changes: Partial<Settings> = {}) => runDoctor(settingsFor(space, { port, publicUrl, ...changes }));
  return { simulator: space, publicUrl, phoneNumber: space.phoneNumber, diagnose };
}

/** Runs the doctor's checks. Each finding is a status and a sentence. */
async function runDoctor(settings: Settings) {
  const findings: string[] = [];
  for await (const { status, sentence } of runChecks(settings, spaceOf(settings)))
    findings.push(`${status}: ${sentence}`);
  return findings;
}

describe('the doctor', () => {
  it('reports that the host of the space does not resolve', async () => {
    const { diagnose } = await startAll();
    const findings = await diagnose({ spaceUrl: 'https://nowhere.invalid' });
    expect(findings[0]).toMatch(/^wrong: SIGNALWIRE_SPACE_URL: nowhere\.invalid does not resolve/);
    expect(findings.at(-1)).toMatch(/^ok: .*this service/);
  });

  it('reports that the credentials are refused', async () => {
    const { diagnose } = await startAll();
    const findings = await diagnose({ apiToken: 'PT-secret' });
    expect(findings[1]).toMatch(/^wrong: SignalWire refuses the credentials \(401\)/);
    expect(findings.join()).not.toContain('PT-secret');
  });

  it('reports that SignalWire fails', async () => {
    const { simulator, diagnose } = await startAll();
    simulator.onRequest = () => ({ status: 503, body: '' });
    expect((await diagnose())[1]).toMatch(/^wrong: SignalWire answered 503/);
  });

  it.each(['Voice', 'Numbers'] as const)('reports that the token lacks the %s scope', async (scope) => {
    const { simulator, phoneNumber, diagnose } = await startAll();
    simulator.scopes.delete(scope);
    expect((await diagnose({ phoneNumber }))[1]).toMatch(new RegExp(`^wrong: .*lacks the ${scope} scope`));
  });

  it('does not need the Numbers scope if no number is to be pointed', async () => {
    const { simulator, diagnose } = await startAll();
    simulator.scopes.delete('Numbers');
    const findings = await diagnose();
    expect(findings.map((finding) => finding.split(':')[0])).toEqual(['ok', 'ok', 'unknown', 'unknown', 'ok']);
  });

  it("lists the project's numbers if the one in the settings is not among them", async () => {
    const { diagnose } = await startAll();
    expect((await diagnose({ phoneNumber: '+15550100009' }))[2]).toMatch(
      /^wrong: \+15550100009 is not a number of this project \(it has \+15550100000\)/,
    );
  });

  it.each([
    [
      'an old ngrok address',
      'https://abc.ngrok.app/inbound',
      'POST',
      'points to https://abc.ngrok.app/inbound with POST',
    ],
    ['this service, but with GET', undefined, 'GET', '/inbound with GET'],
    ['nowhere', '', 'POST', 'has no voice webhook'],
  ] as const)('reports where the number points if that is %s', async (_case, voiceUrl, method, words) => {
    const { simulator, publicUrl, phoneNumber, diagnose } = await startAll();
    simulator.pointNumber(voiceUrl ?? `${publicUrl}/inbound`, method);
    const finding = (await diagnose({ phoneNumber }))[2];
    expect(finding).toMatch(/^wrong: /);
    expect(finding).toContain(`${words}. It should point to ${publicUrl}/inbound with POST. Restart the service`);
    expect((await diagnose())[2]).toMatch(/^wrong: None of the project's numbers points to this service/);
  });

  it('reports that somebody else may use the number, without the secrets in its webhook', async () => {
    const { simulator, publicUrl, phoneNumber, diagnose } = await startAll();
    simulator.pointNumber('https://user:secret@example.com/voice?token=secret');
    const finding = (await diagnose({ phoneNumber }))[2];
    expect(finding).toMatch(
      /^wrong: The service leaves .* alone: it points to https:\/\/…@example\.com\/voice\?token=…, /,
    );
    expect(finding).toContain(`assign it the voice webhook ${publicUrl}/inbound, with POST`);
  });

  it('reports that the numbers could not be read, and then says nothing about scopes', async () => {
    const { simulator, phoneNumber, diagnose } = await startAll();
    simulator.onRequest = ({ path }, handle) =>
      path.includes('IncomingPhoneNumbers') ? { status: 500, body: '' } : handle();
    const findings = await diagnose({ phoneNumber });
    expect(findings[1]).toMatch(/^wrong: SignalWire answered 500: its API is failing/);
    expect(findings.join()).not.toMatch(/has the .* scope/);
  });

  it('finds the service behind a load balancer, whichever copy answers first', async () => {
    const { simulator, publicUrl: other } = await startAll();
    const targets = [other];
    const balancer = createServer(({ url }, response) => {
      targets.reverse();
      request(`${targets[0]}${url}`, (answer) => answer.pipe(response)).end();
    });
    const publicUrl = `http://127.0.0.1:${await listen(balancer, 0, '127.0.0.1')}`;
    onTestFinished(() => void balancer.close());
    const openTunnel = async () => ({ url: publicUrl, close: async () => {} });
    const service = await startService({ settings: settingsFor(simulator), log: keepLog().log, openTunnel });
    onTestFinished(() => service.close());
    targets.push(`http://127.0.0.1:${service.port}`);
    for (const _turn of targets) {
      const findings = await runDoctor(settingsFor(simulator, { publicUrl, port: service.port }));
      expect(findings.at(-1)).toBe(`ok: ${publicUrl} leads to this service.`);
    }
  });

  it('accepts a number that points to this service with a room', async () => {
    const { simulator, publicUrl, phoneNumber, diagnose } = await startAll();
    const url = `${publicUrl}/inbound?room=sales`;
    simulator.pointNumber(url, 'POST', url);
    const finding = `ok: ${phoneNumber} points to ${url} (handler: laml_webhooks), as does its fallback.`;
    expect([(await diagnose({ phoneNumber }))[2], (await diagnose())[2]]).toEqual([finding, finding]);
  });

  it.each(CALL_HANDLERS.filter((kind) => kind !== 'laml_webhooks'))(
    'reports that the calls of the number are handled by %s, wherever its voice webhook points',
    async (handler) => {
      const { simulator, publicUrl, phoneNumber, diagnose } = await startAll();
      const [number] = simulator.numbers;
      const handles = (finding: string | undefined, words: RegExp) => {
        expect(finding).toMatch(words);
        expect(finding).toContain(
          `(${handler}) handles its calls. To receive its calls here, assign it the voice webhook`,
        );
      };
      simulator.pointNumber(`${publicUrl}/inbound`);
      if (number) number.handler = handler;
      handles((await diagnose({ phoneNumber }))[2], /^wrong: \S+ points to .*, but an? /);
      handles((await diagnose())[2], /^wrong: \S+ points to .*, but an? /);
      if (number) number.voiceUrl = '';
      handles((await diagnose({ phoneNumber }))[2], /^wrong: The service leaves \S+ alone: an? /);
    },
  );

  it('reports that nothing handles the calls of the number, though its voice webhook points here', async () => {
    const { simulator, phoneNumber, diagnose } = await startAll();
    const [number] = simulator.numbers;
    if (number) number.handler = undefined;
    expect((await diagnose({ phoneNumber }))[2]).toMatch(
      /^wrong: \S+ points to .*, but nothing handles its calls\. To/,
    );
  });

  it('reports that what handles the calls of the number could not be read', async () => {
    const { simulator, publicUrl, phoneNumber, diagnose } = await startAll();
    const url = `${publicUrl}/inbound`;
    simulator.pointNumber(url, 'POST', url);
    simulator.onRequest = ({ path }, handle) =>
      path.startsWith('/api/relay/rest') ? { status: 403, body: { error: 'Forbidden' } } : handle();
    const unread = /, but what handles its calls could not be read: SignalWire answered 403 to \S+ \S+: Forbidden\.$/;
    expect((await diagnose({ phoneNumber }))[2]).toMatch(/^unknown: \S+ points to /);
    expect((await diagnose({ phoneNumber }))[2]).toMatch(unread);
    expect((await diagnose())[2]).toMatch(unread);
    simulator.pointNumber(url);
    expect((await diagnose({ phoneNumber }))[2]).toMatch(
      /^wrong: .* but it has no fallback\. The service does not set it, because what .* could not .*\. To give each call/,
    );
    expect((await diagnose())[2]).toMatch(unread);
    simulator.pointNumber('');
    expect((await diagnose({ phoneNumber }))[2]).toMatch(
      /^wrong: The service leaves \S+ alone: what handles its calls could/,
    );
  });

  it('says nothing against a fallback of your own when it says how to point the number', async () => {
    const { simulator, publicUrl, phoneNumber, diagnose } = await startAll();
    const [number] = simulator.numbers;
    simulator.pointNumber('', 'POST', 'https://example.com/voice');
    if (number) number.handler = 'ai_agent';
    const howTo = `To receive its calls here, assign it the voice webhook ${publicUrl}/inbound, with POST, in SignalWire`;
    expect((await diagnose({ phoneNumber }))[2]).toContain(howTo);
  });

  it.each([
    ['missing', undefined, 'wrong: NUMBER points to URL (handler: laml_webhooks), but it has no fallback.'],
    [
      'an old address',
      'https://abc.ngrok.app/inbound',
      'wrong: NUMBER points to URL (handler: laml_webhooks), but its fallback is https://abc.ngrok.app/inbound with POST.',
    ],
    [
      "somebody else's",
      'https://me:secret@example.com/voice?token=secret',
      'ok: NUMBER points to URL (handler: laml_webhooks); its fallback stays https://…@example.com/voice?token=….',
    ],
  ])('reports the fallback of the number if that is %s', async (_case, fallbackUrl, words) => {
    const { simulator, publicUrl, phoneNumber, diagnose } = await startAll();
    const url = `${publicUrl}/inbound`;
    simulator.pointNumber(url, 'POST', fallbackUrl);
    const expected = words.replace('NUMBER', phoneNumber).replace('URL', url);
    const [, , finding] = await diagnose({ phoneNumber });
    expect(finding?.startsWith(expected), finding).toBe(true);
    expect((await diagnose())[2]).toMatch(/^ok: /);
  });

  it('only reads the number', async () => {
    const { simulator, phoneNumber, diagnose } = await startAll();
    const requests: string[] = [];
    simulator.events.on('request', ({ method, path }) => requests.push(`${method} ${path}`));
    await diagnose({ phoneNumber });
    expect(requests).toContain('GET /api/relay/rest/phone_numbers');
    expect(requests.filter((request) => !request.startsWith('GET '))).toEqual([]);
  });

  it('asks the service for its public URL if a tunnel provides it, and reports if the service does not run', async () => {
    const { publicUrl, phoneNumber, diagnose } = await startAll();
    const findings = await diagnose({ phoneNumber, publicUrl: undefined });
    expect(findings.at(-1)).toBe(`ok: ${publicUrl} leads to this service.`);
    const alone = await diagnose({ phoneNumber, publicUrl: undefined, port: await freePort() });
    expect(alone[2]).toMatch(/^unknown: .*only be checked while the service runs/);
    expect(alone.at(-1)).toMatch(/^wrong: .*\/healthz does not answer .*\. Start the service/);
  });

  it('reports that the service was started with another public URL', async () => {
    const { diagnose } = await startAll();
    const findings = await diagnose({ publicUrl: 'https://recorder.example.com' });
    expect(findings.at(-1)).toMatch(/^wrong: The public URL of the running service \(.*\) differs from PUBLIC_URL/);
  });

  it('reports that the public URL leads to a different process, to something else, or nowhere', async () => {
    const { simulator, publicUrl: other } = await startAll();
    let target = other;
    const proxy = createServer(({ url }, response) => {
      if (target === '') response.end('Welcome!');
      else if (target === 'down') response.writeHead(502).end();
      else request(`${target}${url}`, (answer) => answer.pipe(response)).end();
    });
    const publicUrl = `http://127.0.0.1:${await listen(proxy, 0, '127.0.0.1')}`;
    onTestFinished(() => void proxy.close());
    const openTunnel = async () => ({ url: publicUrl, close: async () => {} });
    const service = await startService({ settings: settingsFor(simulator), log: keepLog().log, openTunnel });
    onTestFinished(() => service.close());
    const last = async () => (await runDoctor(settingsFor(simulator, { publicUrl, port: service.port }))).at(-1);

    expect(await last()).toMatch(/^wrong: .*leads to a different process/);
    target = `http://127.0.0.1:${service.port}`;
    expect(await last()).toBe(`ok: ${publicUrl} leads to this service.`);
    target = '';
    expect(await last()).toMatch(/^wrong: .*is answered by something other than this service\. Check PUBLIC_URL/);
    target = 'down';
    expect(await last()).toMatch(/^wrong: .*answers with 502\. Check PUBLIC_URL/);
    proxy.close();
    proxy.closeAllConnections();
    expect(await last()).toMatch(/^wrong: .*does not answer .*\. Check PUBLIC_URL/);
  });

  it('checks the Redis of the settings, if there is one', async () => {
    const { diagnose } = await startAll();
    const finding = expect.stringMatching(/^wrong: REDIS_URL: Redis can't be reached/);
    expect(await diagnose({ redisUrl: 'redis://127.0.0.1:1' })).toContainEqual(finding);
    expect((await diagnose()).join()).not.toContain('REDIS_URL');
  });

  it("reports that this machine's clock is off", async () => {
    const { diagnose } = await startAll(await simulated({ clockAheadMs: 10_000 }));
    expect(await diagnose()).toContainEqual(expect.stringMatching(/^wrong: This machine's clock is \d+ s behind/));
  });
});
