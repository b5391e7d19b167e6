import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { runChecks } from '../../src/cli/doctor-checks.js';
import type { Settings } from '../../src/settings/settings.js';
import type { RecentWebhooks } from '../../src/status/webhook-log.js';
import { eventually } from '../support/eventually.js';
import { type Pair, settingsFor, spaceOf, startPair } from '../support/service-beside-simulator.js';
import { getStatusRoute, PASSWORD } from '../support/status.js';
import { post } from '../support/two-people.js';

const OPEN = { settings: { statusPassword: PASSWORD } };

async function recent(pair: Pair): Promise<RecentWebhooks> {
  return (await getStatusRoute(pair, '/webhooks').expect(200)).body;
}

/** Posts a form with a signature that is wrong, or with none. */
async function postRefused({ service }: Pair, path: string, signature?: string): Promise<void> {
  const body = new URLSearchParams({ CallSid: 'c', From: '+15550199999', CallStatus: 'ringing' });
  const headers = signature === undefined ? {} : { 'x-signalwire-signature': signature };
  expect((await fetch(service.publicUrl + path, { method: 'POST', headers, body })).status).toBe(403);
}

describe('/webhooks', () => {
  it('lists the accepted webhooks, the latest first, with what each reported and the key that matched', async () => {
    const pair = await startPair(OPEN);
    await pair.simulator.call({ url: `${pair.service.publicUrl}/inbound?room=sales` });
    await eventually(async () => {
      const { accepted } = await recent(pair);
      expect(accepted.map(({ route, event }) => [route, event])).toEqual([
        ['/callback', 'participant-join'],
        ['/inbound', 'ringing'],
      ]);
      const [join, inbound] = accepted;
      const signature = { kind: 'form', matchedKey: 1 };
      expect(inbound).toMatchObject({ method: 'POST', status: 200, reason: null, timestamp: null, signature });
      expect(inbound?.url).toBe(`${pair.service.publicUrl}/inbound?room=sales`);
      expect(inbound?.parameterNames).toContain('From');
      expect(join?.timestamp).toMatch(/\+0000$/);
    });
  });

  it('lists the refused ones apart, with the reason and the URL that was checked', async () => {
    const pair = await startPair(OPEN);
    await pair.simulator.call();
    await postRefused(pair, '/inbound?room=sales&From=%2B15550199999', 'd3Jvbmc=');
    for (let count = 0; count < 60; count += 1) await postRefused(pair, '/callback');
    await postRefused(pair, '/inbound?room=sales&From=%2B15550199999', 'd3Jvbmc=');
    const { accepted, refused } = await recent(pair);
    expect(accepted.map(({ route }) => route)).toContain('/inbound');
    expect(refused).toHaveLength(50);
    expect(refused[0]).toMatchObject({
      status: 403,
      reason: 'The signature does not match the URL, the parameters and the signing key.',
      url: `${pair.service.publicUrl}/inbound?room=sales&From=…`,
      event: 'ringing',
      signature: { kind: 'form', matchedKey: null },
    });
    expect(refused[1]).toMatchObject({ reason: 'The request is not signed.', signature: null });
  });

  it('lists neither what is not a webhook, nor texts that could be a phone number', async () => {
    const pair = await startPair(OPEN);
    for (const method of ['HEAD', 'OPTIONS', 'PUT']) await fetch(`${pair.service.publicUrl}/callback`, { method });
    const body = new URLSearchParams({
      StatusCallbackEvent: '+15550199999',
      Timestamp: '+15550199999',
      '+15550199999': 'x',
    });
    await fetch(`${pair.service.publicUrl}/callback`, { method: 'POST', body });
    const { accepted, refused } = await recent(pair);
    expect(accepted).toEqual([]);
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatchObject({ event: null, timestamp: 'unreadable: +00000000000' });
    expect(refused[0]?.parameterNames).toEqual(['StatusCallbackEvent', 'Timestamp']);
  });

  it('lists a webhook whose client hung up before it was answered', async () => {
    const pair = await startPair(OPEN);
    const socket = connect(pair.service.port, '127.0.0.1');
    socket.write('POST /callback HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\n');
    socket.write('content-length: 100\r\n\r\na=b', () => socket.destroy());
    await eventually(async () =>
      expect((await recent(pair)).refused[0]).toMatchObject({ route: '/callback', reason: expect.any(String) }),
    );
  });

  it('contains no phone number', async () => {
    const pair = await startPair(OPEN);
    await pair.simulator.call({ from: '+15550100001' });
    await postRefused(pair, '/inbound?From=%2B15550199999', 'd3Jvbmc=');
    expect(JSON.stringify(await recent(pair))).not.toMatch(/1555/);
  });
});

describe('the doctor', () => {
  async function diagnose(pair: Pair, changes: Partial<Settings> = {}): Promise<string | undefined> {
    const { port, publicUrl } = pair.service;
    const settings = settingsFor(pair.simulator, { port, publicUrl, statusPassword: PASSWORD, ...changes });
    for await (const { status, sentence } of runChecks(settings, spaceOf(settings))) {
      if (/SIGNALWIRE_SIGNING_KEY|signing key|signature/.test(sentence)) return `${status}: ${sentence}`;
    }
    return undefined;
  }

  it('knows from the webhooks that the signing key is right', async () => {
    const pair = await startPair(OPEN);
    expect(await diagnose(pair)).toMatch(/^unknown: .*no webhook has arrived yet/);
    await pair.simulator.call();
    expect(await diagnose(pair)).toBe(
      "ok: The last webhook from SignalWire matched the running service's signing key.",
    );
  });

  it('says which of several signing keys is in use', async () => {
    const pair = await startPair();
    const signingKeys = ['PSK-old', pair.simulator.signingKey];
    await pair.restart({ signingKeys, statusPassword: PASSWORD });
    await pair.simulator.call();
    expect(await diagnose(pair, { signingKeys })).toMatch(/^ok: .*matched the running service's signing key 2\.$/);
  });

  it('says that the signing key or the public URL is wrong if no signature has matched', async () => {
    const pair = await startPair(OPEN);
    await postRefused(pair, '/callback', 'd3Jvbmc=');
    expect(await diagnose(pair)).toMatch(/^wrong: No webhook had a signature that matches\. Check that PUBLIC_URL/);
  });

  it('does not take noise for a wrong signing key, but many mismatches in a row for a possible one', async () => {
    const pair = await startPair(OPEN);
    await postRefused(pair, '/callback');
    expect(await diagnose(pair)).toMatch(/^unknown: .*no webhook with a signature has arrived.*not signed/);
    await pair.simulator.call();
    await eventually(async () => expect((await recent(pair)).accepted).toHaveLength(2));
    await postRefused(pair, '/callback', 'd3Jvbmc=');
    expect(await diagnose(pair)).toMatch(/^ok: /);
    for (let count = 0; count < 3; count += 1) await postRefused(pair, '/callback', 'd3Jvbmc=');
    expect(await diagnose(pair)).toMatch(/^unknown: The last 4 signed webhooks did not match/);
    expect(await post(pair, `${pair.service.publicUrl}/callback`, { ConferenceSid: 'c' })).toBe(200);
    expect(await diagnose(pair)).toMatch(/^ok: /);
  });

  it('cannot tell without a status password', async () => {
    const pair = await startPair();
    expect(await diagnose(pair, { statusPassword: undefined })).toMatch(/^unknown: .*with a STATUS_PASSWORD\.$/);
  });
});
