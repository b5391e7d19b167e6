import express from 'express';
import pino from 'pino';
import request from 'supertest';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createRecorder, type RecorderOptions } from '../../src/recorder.js';
import type { Settings } from '../../src/settings/settings.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { hasRedisServer, startRedisServer, warnOfSkipped } from '../support/redis-server.js';
import { settingsFor } from '../support/service-beside-simulator.js';
import { simulated } from '../support/simulated.js';
import { fail, givenTwoPeople, READ_LIST } from '../support/two-people.js';

/** A recorder that isn't started yet, and its /readyz. */
async function createIdle(options: RecorderOptions = {}, changes: Partial<Settings> = {}) {
  const settings = settingsFor(await simulated(), { publicUrl: 'https://recorder.example.com', ...changes });
  const recorder = createRecorder(settings, { log: pino({ level: 'silent' }), ...options });
  onTestFinished(() => recorder.close());
  const app = express().use(recorder.router);
  return { recorder, readyz: () => request(app).get('/readyz') };
}

warnOfSkipped('The tests of /readyz that need a real Redis');

describe('/readyz', () => {
  it('is 503 until the first discovery is complete, then 200', async () => {
    const { recorder, readyz } = await createIdle();
    const before = await readyz().expect(503);
    expect(before.body).toMatchObject({ ready: false, reason: 'The first discovery is not complete yet.' });
    await recorder.start();
    const after = await readyz().expect(200);
    expect(after.body).toEqual({
      ready: true,
      reason: null,
      signalwire: { ok: true, since: null, reason: null },
      redis: null,
    });
  });

  it('is 503 until the public URL is known', async () => {
    let publicUrl: string | undefined;
    const { recorder, readyz } = await createIdle({ publicUrl: () => publicUrl });
    await recorder.start();
    expect((await readyz().expect(503)).body.reason).toMatch(/public URL/);
    publicUrl = 'https://example.ngrok.app';
    await readyz().expect(200);
  });

  it('is 503 from when a stop is prepared', async () => {
    const { recorder, readyz } = await createIdle();
    await recorder.start();
    recorder.prepareToStop();
    expect((await readyz().expect(503)).body.reason).toMatch(/stopping/);
  });

  it('stays 200 in an outage, and says since when SignalWire fails, and how', async () => {
    const { pair, second } = await givenTwoPeople();
    const readyz = () => request(`http://127.0.0.1:${pair.service.port}`).get('/readyz').expect(200);
    const outage = fail(pair, 503, READ_LIST);
    pair.simulator.hangUp(second);
    await eventually(async () => expect((await readyz()).body.signalwire.ok).toBe(false));
    const { signalwire } = (await readyz()).body;
    expect(signalwire.reason).toBe('It answers 503.');
    expect(Math.abs(Date.parse(signalwire.since) - Date.now())).toBeLessThan(60_000);
    outage.heal();
    await eventually(async () =>
      expect((await readyz()).body.signalwire).toEqual({ ok: true, since: null, reason: null }),
    );
  });

  it('stays 200 without the Redis that REDIS_URL names, and says why it is not used', async () => {
    const port = await freePort();
    const { recorder, readyz } = await createIdle({}, { redisUrl: `redis://:sesame@127.0.0.1:${port}` });
    expect((await readyz().expect(503)).body.redis).toMatchObject({ ok: false, copies: 1 });
    await recorder.start();
    const reason = `Redis can't be reached (ECONNREFUSED 127.0.0.1:${port}).`;
    await eventually(async () =>
      expect((await readyz().expect(200)).body.redis).toEqual({
        ok: false,
        since: expect.any(String),
        reason,
        copies: 1,
      }),
    );
  });

  it.skipIf(!hasRedisServer)('says how many copies Redis links', async () => {
    const redis = await startRedisServer();
    const simulator = await simulated();
    const { projectId, url: spaceUrl } = simulator;
    const changes = { projectId, spaceUrl, apiToken: simulator.apiToken, redisUrl: redis.url };
    const [one, other] = [await createIdle({}, changes), await createIdle({}, changes)];
    const isLinked = { ok: true, since: null, reason: null };
    await Promise.all([one.recorder.start(), other.recorder.start()]);
    for (const { readyz } of [one, other]) {
      await eventually(async () => expect((await readyz().expect(200)).body.redis).toEqual({ ...isLinked, copies: 2 }));
    }
    await redis.shutDown();
    await eventually(async () =>
      expect((await one.readyz().expect(200)).body.redis).toMatchObject({ ok: false, copies: 1 }),
    );
    await redis.start();
    await eventually(async () =>
      expect((await one.readyz().expect(200)).body.redis).toEqual({ ...isLinked, copies: 2 }),
    );
    await other.recorder.close();
    await eventually(async () =>
      expect((await one.readyz().expect(200)).body.redis).toEqual({ ...isLinked, copies: 1 }),
    );
  });
});
