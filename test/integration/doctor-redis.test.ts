import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkLink, judge, judgeRunning } from '../../src/cli/doctor-redis.js';
import { createRedisLink } from '../../src/copies/redis-link.js';
import { listen } from '../../src/http/server.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { hasRedisServer, startRedisServer, warnOfSkipped } from '../support/redis-server.js';
import { settingsFor } from '../support/service-beside-simulator.js';

warnOfSkipped('The tests of the doctor that need a real Redis');

const settings = settingsFor({
  url: 'http://127.0.0.1:1',
  projectId: '6375875b-59e2-421d-9e9f-e58f0b8662d8',
  apiToken: 'PT-secret',
  signingKey: 'PSK-secret',
});
const CHANNEL = '6375875b-59e2-421d-9e9f-e58f0b8662d8/recorded-';

/** The finding of the doctor about that REDIS_URL. */
async function diagnose(url: string): Promise<string> {
  const { status, sentence } = await checkLink(url, settings);
  return `${status}: ${sentence}`;
}

describe.skipIf(!hasRedisServer)('the doctor, about Redis', () => {
  it('says its version and how long a message takes, and copies that run take no notice', async () => {
    const redis = await startRedisServer();
    const reports: string[] = [];
    const texts: string[] = [];
    const link = createRedisLink({ url: redis.url, channel: CHANNEL })({
      onText: (text) => void texts.push(text),
      onUp: () => void reports.push('up'),
      onDown: (reason) => void reports.push(reason),
    });
    onTestFinished(() => link.close());
    await eventually(() => expect(reports).toEqual(['up']));
    expect(await diagnose(redis.url)).toMatch(
      /^ok: REDIS_URL: a message to (Redis|Valkey) \d+\.\d+\.\d+ and back takes (less than 1|\d+) ms\.$/,
    );
    expect(reports).toEqual(['up']);
    expect(texts.filter((text) => !text.startsWith('check '))).toEqual([]);
  });

  it('needs no more permissions than the service', async () => {
    const redis = await startRedisServer();
    await redis.command('ACL', 'SETUSER', 'recorder', 'on', '>secret', `&${CHANNEL}`, '+publish', '+subscribe');
    expect(await diagnose(`redis://recorder:secret@127.0.0.1:${redis.port}`)).toMatch(
      /^ok: REDIS_URL: a message to Redis and back takes/,
    );
  });

  it('says that the password is wrong, or missing, and how to write it, without the password', async () => {
    const redis = await startRedisServer('--requirepass', 'secret');
    const wrong = await diagnose(`redis://:sesame@127.0.0.1:${redis.port}`);
    expect(wrong).toMatch(
      /^wrong: REDIS_URL: Redis refuses .* \(WRONGPASS\)\. Correct REDIS_URL: redis:\/\/USER:PASSWORD@/,
    );
    expect(wrong).not.toContain('sesame');
    expect(await diagnose(redis.url)).toMatch(
      /^wrong: REDIS_URL: Redis wants a password, .* \(NOAUTH\)\. Correct REDIS_URL/,
    );
  });

  it('says which channel the user must be allowed', async () => {
    const redis = await startRedisServer();
    await redis.command('ACL', 'SETUSER', 'recorder', 'on', '>secret', '&other', '+publish', '+subscribe');
    const finding = await diagnose(`redis://recorder:secret@127.0.0.1:${redis.port}`);
    expect(finding).toMatch(/^wrong: REDIS_URL: Redis doesn't let the user .* \(NOPERM\)\. Give the user \+publish/);
    expect(finding).toContain(CHANNEL);
  });

  it('says that it is a Sentinel', async () => {
    const redis = await startRedisServer('--sentinel');
    expect(await diagnose(redis.url)).toMatch(/^wrong: REDIS_URL: This is the port of a Sentinel/);
  });

  it('accepts a node of a cluster, which passes messages on to the others', async () => {
    const redis = await startRedisServer('--cluster-enabled', 'yes');
    expect(await diagnose(redis.url)).toMatch(/^ok: /);
  });

  it('says that Redis does not answer', async () => {
    const redis = await startRedisServer();
    redis.signal('SIGSTOP');
    expect(await diagnose(redis.url)).toMatch(/^wrong: REDIS_URL: Redis doesn't answer\. Check the host and the port/);
  });
});

describe('the doctor, about REDIS_URL', () => {
  it('says that nothing listens there', async () => {
    const finding = await diagnose(`redis://:sesame@127.0.0.1:${await freePort()}`);
    expect(finding).toMatch(
      /^wrong: REDIS_URL: Redis can't be reached \(ECONNREFUSED .*\)\. Check the host and the port/,
    );
    expect(finding).toMatch(/Until then each copy works by itself\.$/);
    expect(finding).not.toContain('sesame');
  });

  it("says that it isn't Redis", async () => {
    const server = createServer((_request, response) => response.end());
    onTestFinished(() => void server.close());
    const url = `redis://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`;
    expect(await diagnose(url)).toMatch(
      /^wrong: REDIS_URL: What answers at REDIS_URL isn't Redis\. Check the protocol/,
    );
  });

  it('says that it is too slow to wait for', () => {
    expect(judge({ roundTripMs: 120.4, version: 'Valkey 8.1.0' })).toEqual({
      status: 'wrong',
      sentence:
        'REDIS_URL: a message to Valkey 8.1.0 and back takes 120 ms, and a copy waits 100 ms for another one before it does ' +
        'the work itself. Use a Redis that is closer, or less busy.',
    });
  });
});

describe('the doctor, about the link of the running service', () => {
  const linked = (copies: number) => ({ ok: true, reason: null, copies });
  const sentences = (...given: Parameters<typeof judgeRunning>) =>
    [...judgeRunning(...given)].map(({ status, sentence }) => `${status}: ${sentence}`);
  const URL = 'redis://localhost';

  it('says how many copies act as one', () => {
    expect(sentences(linked(3), URL)).toEqual(['ok: 3 copies act as one.']);
  });

  it('says what a copy that is alone may lack', () => {
    expect(sentences(linked(1), URL)).toEqual([
      expect.stringMatching(/^unknown: .* no other copy.*CONFERENCE_PREFIX\.$/),
    ]);
  });

  it('says why the service is not linked', () => {
    const link = { ok: false, reason: "Redis can't be reached (ECONNREFUSED).", copies: 1 };
    expect(sentences(link, URL)).toEqual([expect.stringMatching(/^wrong: .*ECONNREFUSED/)]);
  });

  it('says that the service has other settings', () => {
    expect(sentences(null, URL)).toEqual(['wrong: The running service was started without REDIS_URL. Restart it.']);
    expect(sentences(linked(2), undefined)).toEqual([expect.stringMatching(/^unknown: .* has a REDIS_URL/)]);
  });

  it('says nothing where there is no REDIS_URL', () => {
    expect(sentences(null, undefined)).toEqual([]);
  });
});
