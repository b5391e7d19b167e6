import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { listen } from '../../src/http/server.js';
import { startService } from '../../src/service.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { keepLog } from '../support/log.js';
import { serveLaml } from '../support/serve-laml.js';
import { liveConference, loopbackTunnel, settingsFor, startPair } from '../support/service-beside-simulator.js';
import { simulated } from '../support/simulated.js';
import { known, post } from '../support/two-people.js';

describe('the start', () => {
  it('fails with a clear message if SignalWire refuses the credentials', async () => {
    const simulator = await simulated();
    const { log } = keepLog();
    const starting = startService({
      settings: settingsFor(simulator, { apiToken: 'PT-wrong' }),
      log,
      openTunnel: loopbackTunnel,
    });
    await expect(starting).rejects.toThrow(
      /refused the credentials \(401\).*SIGNALWIRE_PROJECT_ID and SIGNALWIRE_API_TOKEN/,
    );
    await expect(starting).rejects.not.toThrow(/PT-wrong/);
  });

  it('fails with a clear message if the port is taken', async () => {
    const other = createServer();
    const port = await listen(other, 0, '127.0.0.1');
    onTestFinished(() => void other.close());
    const { log } = keepLog();
    const settings = settingsFor(await simulated(), { port });
    const starting = startService({ settings, log, openTunnel: loopbackTunnel });
    await expect(starting).rejects.toThrow(
      `Can't listen on port ${port} of 127.0.0.1 (EADDRINUSE): another program uses it; set PORT`,
    );
  });

  it('fails with the cause if the tunnel cannot be opened, and stops listening', async () => {
    const { log } = keepLog();
    const openTunnel = vi.fn(async (port: number) => {
      expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
      throw new Error('The ngrok tunnel could not be opened: no such domain');
    });
    const starting = startService({ settings: settingsFor(await simulated()), log, openTunnel });
    await expect(starting).rejects.toThrow(/tunnel could not be opened: no such domain/);
    const port = openTunnel.mock.calls[0]?.[0];
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
  });

  it('opens the port before the tunnel, and answers webhooks with 503 until the public URL is known', async () => {
    const { log } = keepLog();
    const service = await startService({
      settings: settingsFor(await simulated()),
      log,
      async openTunnel(port) {
        const url = `http://127.0.0.1:${port}`;
        expect((await fetch(`${url}/inbound`, { method: 'POST' })).status).toBe(503);
        return { url, close: async () => {} };
      },
    });
    onTestFinished(() => service.close());
    expect((await fetch(`${service.publicUrl}/inbound`, { method: 'POST' })).status).toBe(403);
  });

  it('opens no tunnel if the settings have a public URL', async () => {
    const openTunnel = vi.fn(loopbackTunnel);
    const { log } = keepLog();
    const settings = settingsFor(await simulated(), { publicUrl: 'https://recorder.example.com' });
    const service = await startService({ settings, log, openTunnel });
    onTestFinished(() => service.close());
    expect(service.publicUrl).toBe('https://recorder.example.com');
    expect(openTunnel).not.toHaveBeenCalled();
  });

  it('opens the port before the first discovery is complete', async () => {
    const simulator = await simulated();
    await simulator.call({ url: `${await serveLaml()}recorded-sales` });
    const { sid: ConferenceSid } = liveConference(simulator);
    const listed = once(simulator.events, 'request');
    let answer = () => {};
    const mayAnswer = new Promise<void>((resolve) => {
      answer = resolve;
    });
    simulator.onRequest = async (_request, handle) => {
      await mayAnswer;
      return handle();
    };
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const settings = settingsFor(simulator, { port, publicUrl: url });
    const { log, lines } = keepLog();
    const starting = startService({ settings, log, durations: { firstDiscovery: 60_000, request: 60_000 } });
    onTestFinished(() => starting.then((service) => service.close()));
    await listed;
    await eventually(async () => expect((await fetch(`${url}/healthz`)).status).toBe(200));

    // Callbacks are accepted, and so are calls that name a room. A call that names none waits.
    const conference = { ConferenceSid, StatusCallbackEvent: 'conference-start' };
    expect(await post({ simulator }, `${url}/callback`, conference)).toBe(200);
    expect(await post({ simulator }, `${url}/inbound?room=sales`, { CallSid: 'CA-1' })).toBe(200);
    let isAnswered = false;
    const call = post({ simulator }, `${url}/inbound`, { CallSid: 'CA-2' }).finally(() => {
      isAnswered = true;
    });
    expect(await post({ simulator }, `${url}/callback`, conference)).toBe(200);
    expect(isAnswered).toBe(false);
    expect(lines).not.toContainEqual(expect.objectContaining({ msg: 'first discovery complete' }));
    answer();
    expect(await call).toBe(200);
    expect(lines).toContainEqual(expect.objectContaining({ msg: 'first discovery complete' }));
  });

  it('logs that the first discovery takes long, stops waiting for it, and lets it continue', async () => {
    let answer = () => {};
    const mayAnswer = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const pair = await startPair({
      durations: { firstDiscovery: 200, request: 60_000 },
      async before(simulator) {
        await simulator.call({ url: `${await serveLaml()}recorded-sales` });
        simulator.onRequest = async (_request, handle) => {
          await mayAnswer;
          return handle();
        };
      },
    });
    expect(pair.log).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        msg: expect.stringMatching(/^SignalWire has not listed its conferences yet/),
      }),
    );
    await pair.simulator.call();
    expect(pair.simulator.conferences()).toHaveLength(2);
    answer();
    await eventually(async () => expect(await known(pair)).toBe(2));
  });

  it('retries the first discovery until SignalWire answers', async () => {
    const pair = await startPair({
      durations: { firstDiscovery: 50, request: 50, retryFirst: 10, retryMax: 20 },
      async before(simulator) {
        await simulator.call({ url: `${await serveLaml()}recorded-sales` });
        simulator.latencyMs = 1000;
      },
    });
    await eventually(() =>
      expect(pair.log).toContainEqual(
        expect.objectContaining({ msg: expect.stringMatching(/^SignalWire is failing/) }),
      ),
    );
    pair.simulator.latencyMs = 0;
    await eventually(async () => expect(await known(pair)).toBe(1));
  });
});
