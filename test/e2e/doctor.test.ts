import { describe, expect, it } from 'vitest';
import { freePort } from '../support/free-port.js';
import { DOCTOR, environmentFor, runToEnd } from '../support/processes.js';
import { startPair } from '../support/service-beside-simulator.js';

// The doctor as a command. test/integration/doctor.test.ts tests what it finds.

describe('npm run doctor', () => {
  it('exits with 0 if nothing is wrong, and changes nothing', async () => {
    const { simulator, service } = await startPair();
    const { publicUrl: url, port } = service;
    simulator.pointNumber(`${url}/inbound`, 'POST', `${url}/inbound`);
    const writes: string[] = [];
    simulator.events.on('request', ({ method, path }) => {
      if (method !== 'GET') writes.push(path);
    });
    const env = { ...(await environmentFor(simulator)), PUBLIC_URL: url, PORT: String(port) };
    const { code, out } = await runToEnd(DOCTOR, { ...env, SIGNALWIRE_PHONE_NUMBER: simulator.phoneNumber });
    expect(out.trimEnd().split('\n')).toEqual([
      'ok     The settings are valid.',
      'ok     127.0.0.1 resolves.',
      'ok     The credentials are valid, and the token has the Voice and Numbers scopes.',
      `ok     ${simulator.phoneNumber} points to ${url}/inbound (handler: laml_webhooks), as does its fallback.`,
      expect.stringMatching(/^\? {6}SIGNALWIRE_SIGNING_KEY can only be checked while the service runs/),
      `ok     ${url} leads to this service.`,
    ]);
    expect(code).toBe(0);
    expect(writes).toEqual([]);
  });

  it('lists every mistake in the settings, checks nothing else, and exits with 1', async () => {
    const env = { ...(await environmentFor()), SIGNALWIRE_API_TOKEN: '', PUBLIC_URL: 'example' };
    const { code, out } = await runToEnd(DOCTOR, env);
    expect(out).toMatch(
      /^wrong {2}SIGNALWIRE_API_TOKEN is missing.*\nwrong {2}PUBLIC_URL must be a complete URL.*\n\? .*\n$/,
    );
    expect(code).toBe(1);
  });

  it('names variables that may have been meant as settings', async () => {
    const { out } = await runToEnd(DOCTOR, { ...(await environmentFor()), MIN_PARTICIPANT: '3' });
    expect(out).toContain('?      MIN_PARTICIPANT is not a setting of this service: did you mean MIN_PARTICIPANTS?\n');
  });

  it('exits with 1 if anything is wrong', async () => {
    const port = String(await freePort());
    const { code, out } = await runToEnd(DOCTOR, { ...(await environmentFor()), PORT: port });
    expect(out).toMatch(/\nwrong .*\/healthz does not answer .*\. Start the service/);
    expect(code).toBe(1);
  });
});
