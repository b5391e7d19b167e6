import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createRedisLink } from '../../src/copies/redis-link.js';
import { listen } from '../../src/http/server.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { hasRedisServer, startRedisServer, warnOfSkipped } from '../support/redis-server.js';

warnOfSkipped('The tests of the link between copies that need a real Redis');

/** Opens a link, and collects what it reports: `up`, or why it is down. */
function openLink(url: string) {
  const reports: string[] = [];
  const texts: string[] = [];
  const link = createRedisLink({ url, channel: 'one/recorded-' })({
    onText: (text) => void texts.push(text),
    onUp: () => void reports.push('up'),
    onDown: (reason) => void reports.push(reason),
  });
  onTestFinished(() => link.close());
  return { link, reports, texts, reported: (count: number) => eventually(() => expect(reports).toHaveLength(count)) };
}

/** A server that does that with each connection. */
async function startServer(onConnection: (socket: Socket) => void): Promise<{ port: number; server: Server }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.resume().on('error', () => {}));
    onConnection(socket);
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { port, server };
}

describe.skipIf(!hasRedisServer)('the link between copies', () => {
  it('carries a text to every copy, this one included, and none to another channel', async () => {
    const redis = await startRedisServer();
    const [one, other] = [openLink(redis.url), openLink(redis.url)];
    await Promise.all([one.reported(1), other.reported(1)]);
    one.link.publish('hello');
    await eventually(() => expect([one.texts, other.texts]).toEqual([['hello'], ['hello']]));
    await redis.command('PUBLISH', 'one/other-', 'not for us');
    other.link.publish('goodbye');
    await eventually(() => expect(one.texts).toEqual(['hello', 'goodbye']));
    expect(one.reports).toEqual(['up']);
    expect(await redis.command('DBSIZE')).toBe(0);
  });

  it('delivers a text that is published just before it is closed', async () => {
    const redis = await startRedisServer();
    const [one, other] = [openLink(redis.url), openLink(redis.url)];
    await Promise.all([one.reported(1), other.reported(1)]);
    one.link.publish('goodbye');
    await one.link.close();
    await eventually(() => expect(other.texts).toEqual(['goodbye']));
  });

  it('says once that Redis is gone, and once that it is back, each time', async () => {
    const redis = await startRedisServer();
    const { link, reports, texts, reported } = openLink(redis.url);
    await reported(1);
    for (const time of [1, 2]) {
      await redis.shutDown();
      await reported(2 * time);
      link.publish('lost');
      await redis.start();
      await reported(2 * time + 1);
      link.publish(`time ${time}`);
      await eventually(() => expect(texts.at(-1)).toBe(`time ${time}`));
    }
    const closed = 'Redis has closed the connection';
    expect(reports).toEqual(['up', closed, 'up', closed, 'up']);
  });

  it('notices that Redis stands still, connects again when it goes on, and loses no connection', async () => {
    const redis = await startRedisServer();
    const { link, reports, texts, reported } = openLink(redis.url);
    await reported(1);
    redis.signal('SIGSTOP');
    link.publish('lost');
    await reported(2);
    expect(reports[1]).toBe("Redis doesn't answer");
    redis.signal('SIGCONT');
    await reported(3);
    link.publish('found');
    await eventually(() => expect(texts.at(-1)).toBe('found'));
    await eventually(async () =>
      expect(
        String(await redis.command('CLIENT', 'LIST'))
          .trim()
          .split('\n'),
      ).toHaveLength(3),
    );
    expect(reports).toEqual(['up', "Redis doesn't answer", 'up']);
  });

  it('goes on when Redis pauses for less than five seconds', async () => {
    const redis = await startRedisServer();
    const { link, reports, texts, reported } = openLink(redis.url);
    await reported(1);
    await redis.command('CLIENT', 'PAUSE', '2500', 'ALL');
    link.publish('late');
    await eventually(() => expect(texts).toEqual(['late']));
    expect(reports).toEqual(['up']);
  });

  it.each(['pubsub', 'normal'])('connects again when Redis ends its %s connections', async (type) => {
    const redis = await startRedisServer();
    const { reports, reported } = openLink(redis.url);
    await reported(1);
    await redis.command('CLIENT', 'KILL', 'TYPE', type);
    await reported(3);
    expect(reports).toEqual(['up', 'Redis has closed the connection', 'up']);
    await eventually(async () =>
      expect(
        String(await redis.command('CLIENT', 'LIST'))
          .trim()
          .split('\n'),
      ).toHaveLength(3),
    );
  });

  it('takes a user, a password and a database from the URL', async () => {
    const redis = await startRedisServer();
    await redis.command(
      'ACL',
      'SETUSER',
      'recorder',
      'on',
      '>p@ss/word',
      '&one/*',
      '+publish',
      '+subscribe',
      '+select',
    );
    const { reports, reported } = openLink(`redis://recorder:p%40ss%2Fword@127.0.0.1:${redis.port}/3`);
    await reported(1);
    expect(reports).toEqual(['up']);
  });

  it.each([
    ['a wrong password', ':sesame@', 'Redis refuses the user name or the password of REDIS_URL (WRONGPASS)'],
    ['no password', '', 'Redis wants a password, and REDIS_URL has none (NOAUTH)'],
    ['an unknown user', 'nobody:sesame@', 'Redis refuses the user name or the password of REDIS_URL (WRONGPASS)'],
    ['a database that does not exist', ':secret@', 'Redis answers: ERR DB index is out of range', '/99'],
  ])('says that %s is why it is down', async (_case, user, reason, database = '') => {
    const redis = await startRedisServer('--requirepass', 'secret');
    const { reports, reported } = openLink(`redis://${user}127.0.0.1:${redis.port}${database}`);
    await reported(1);
    expect(reports).toEqual([reason]);
  });

  it('says that Redis has no password and the URL has one', async () => {
    const redis = await startRedisServer();
    const { reports, reported } = openLink(`redis://:sesame@127.0.0.1:${redis.port}`);
    await reported(1);
    expect(reports).toEqual(['Redis has no password, and REDIS_URL has one: it may be another Redis']);
  });

  it.each([
    ['publish', ['&one/*', '+subscribe']],
    ['subscribe', ['&one/*', '+publish']],
    ['use the channel', ['resetchannels', '+publish', '+subscribe']],
  ])('says that the user may not %s, and is never up', async (_case, rules) => {
    const redis = await startRedisServer();
    await redis.command('ACL', 'SETUSER', 'recorder', 'on', '>secret', ...rules);
    const { reports, reported } = openLink(`redis://recorder:secret@127.0.0.1:${redis.port}`);
    await reported(1);
    expect(reports).toEqual(["Redis doesn't let the user of REDIS_URL publish and subscribe to the channel (NOPERM)"]);
  });

  it('says why TLS fails', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'recorder-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
    const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost', '-days', '1'];
    execFileSync('openssl', [...request, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
    const port = await freePort();
    const files = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-auth-clients', 'no'];
    const redis = await startRedisServer('--tls-port', String(port), ...files);
    const untrusted = openLink(`rediss://127.0.0.1:${port}`);
    const silent = openLink(`rediss://127.0.0.1:${redis.port}`);
    const plain = openLink(`redis://127.0.0.1:${port}`);
    await Promise.all([untrusted.reported(1), silent.reported(1), plain.reported(1)]);
    // Newer versions of Node add advice of their own.
    expect(untrusted.reports).toEqual([
      expect.stringMatching(/^Redis' certificate isn't trusted \(self-signed certificate.*\)$/),
    ]);
    // It waits for the end of what it takes for a command.
    expect(silent.reports).toEqual(["Redis doesn't answer"]);
    expect(plain.reports).toEqual(['Redis has closed the connection']);
  });
});

describe('the link between copies, without a Redis', () => {
  it('returns at once, and says that nothing listens there', async () => {
    const port = await freePort();
    const { link, reports, reported } = openLink(`redis://:sesame@127.0.0.1:${port}`);
    link.publish('lost');
    await reported(1);
    expect(reports).toEqual([`Redis can't be reached (ECONNREFUSED 127.0.0.1:${port})`]);
  });

  it('says that the host does not resolve', async () => {
    const { reports, reported } = openLink('redis://nowhere.invalid');
    await reported(1);
    expect(reports[0]).toMatch(/^Redis can't be reached \(getaddrinfo (ENOTFOUND|EAI_AGAIN) nowhere\.invalid\)$/);
  });

  it('says that nothing answers, if a server accepts connections and is silent', async () => {
    const sockets: Socket[] = [];
    const { port } = await startServer((socket) => void sockets.push(socket));
    const { reports, reported } = openLink(`redis://:sesame@127.0.0.1:${port}`);
    await reported(1);
    expect(reports).toEqual(["Redis doesn't answer"]);
    await eventually(() => expect(sockets.length).toBeGreaterThan(2));
    expect(reports).toHaveLength(1);
  });

  it("says that it isn't Redis", async () => {
    const server = createHttpServer((_request, response) => response.end());
    onTestFinished(() => void server.close());
    const host = `127.0.0.1:${await listen(server, 0, '127.0.0.1')}`;
    const [plain, tls] = [openLink(`redis://${host}`), openLink(`rediss://${host}`)];
    await Promise.all([plain.reported(1), tls.reported(1)]);
    expect(plain.reports).toEqual(["What answers at REDIS_URL isn't Redis"]);
    expect(tls.reports).toEqual([
      "What answers at REDIS_URL doesn't speak TLS: it may need redis:// instead of rediss://",
    ]);
  });

  it.each(['redis://:s%ZZ@127.0.0.1', 'redis://127.0.0.1/sales'])('does not fail over the URL %s', async (url) => {
    const { reports, reported } = openLink(url);
    await reported(1);
    expect(reports[0]).not.toMatch(/s%ZZ|sales/);
  });

  it('closes while it connects, at once and for good', async () => {
    const sockets: Socket[] = [];
    const { port } = await startServer((socket) => void sockets.push(socket));
    const { link, reports } = openLink(`redis://127.0.0.1:${port}`);
    await link.close();
    await link.close();
    link.publish('lost');
    const other = openLink(`redis://127.0.0.1:${port}`);
    await eventually(() => expect(sockets.length).toBeGreaterThan(0));
    await other.link.close();
    await eventually(() => expect(sockets.every(({ destroyed }) => destroyed)).toBe(true));
    expect([...reports, ...other.reports]).toEqual([]);
  });
});
