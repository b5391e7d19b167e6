import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

// What Compose doesn't check. test/e2e/compose.test.ts runs it.

const read = (file: string) => readFileSync(file, 'utf8');
const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, match = '']) => match);

const text = read('compose.yaml');
const service = z.looseObject({
  image: z.string().optional(),
  environment: z.record(z.string(), z.string()).default({}),
  command: z.array(z.string()).default([]),
  volumes: z.array(z.union([z.string(), z.object({ source: z.string() })])).default([]),
  secrets: z.array(z.string()).default([]),
  healthcheck: z.object({ test: z.array(z.string()) }),
});
const compose = z
  .object({
    services: z.record(z.string(), service),
    secrets: z.record(z.string(), z.object({ environment: z.string() })),
  })
  .parse(parse(text, { merge: true }));
const services = Object.values(compose.services);

describe('compose.yaml', () => {
  it('gives the service only settings that exist, and takes only settings from .env', () => {
    const known = all(read('.env.example'), /^(?:# )?([A-Z_]+)=/gm);
    const given = Object.keys(compose.services.recorder?.environment ?? {});
    const secrets = Object.values(compose.secrets).map(({ environment }) => environment);
    const taken = [...all(text, /(?<!\$)\$\{?([A-Z_]+)/g), ...secrets];
    expect(given.toSorted()).toEqual(['CONFERENCE_NAME', 'HOST', 'PORT']);
    expect(taken.toSorted()).toEqual(['CONFERENCE_NAME', 'STATUS_PASSWORD']);
    expect([...given, ...taken].filter((name) => !known.includes(name))).toEqual([]);
  });

  it('mounts files that exist, and every file that is there for it', () => {
    const mounts = services.flatMap(({ volumes }) =>
      volumes.map((one) => (typeof one === 'string' ? one : one.source)),
    );
    const mounted = mounts.flatMap((mount) => /^\.\/([^:]+)/.exec(mount)?.[1] ?? []);
    expect(mounted.length).toBeGreaterThan(0);
    expect(mounted.filter((path) => !existsSync(path))).toEqual([]);
    const configured = services.flatMap(({ command }) => all(command.join('\n'), /--config\.file=\/(\S+)$/gm));
    const used = [...mounted, ...configured];
    for (const name of readdirSync('docs/compose')) expect(used).toContain(`docs/compose/${name}`);
  });

  it('asks for the health of everything', () => {
    expect(Object.keys(compose.services)).toEqual([
      'recorder',
      'recorder-2',
      'recorder-3',
      'redis',
      'nginx',
      'nginx-redis',
      'prometheus',
      'grafana',
    ]);
    const { redis, ...others } = compose.services;
    expect(redis?.healthcheck.test).toEqual(['CMD', 'valkey-cli', 'ping']);
    const paths = Object.values(others).map(
      ({ healthcheck }) => /127\.0\.0\.1(?::\d+)?([\w/-]+)/.exec(healthcheck.test.join(' '))?.[1],
    );
    expect(paths).toEqual([...Array(5).fill('/healthz'), '/-/healthy', '/api/health']);
    expect(read('src/http/routes.ts')).toContain("'/healthz'");
  });

  it('names the version of each image', () => {
    const images = services.flatMap(({ image }) => image ?? []);
    expect(images).toHaveLength(5);
    for (const image of images) expect(image).toMatch(/:v?\d+\.\d+/);
  });
});

it("nginx' configuration is that of the docs, with other addresses", () => {
  const documented = /```nginx\n([\s\S]*?)```/.exec(read('docs/deploying.md'))?.[1] ?? '';
  const inDocker = read('docs/compose/nginx.conf').replace(/^(#.*\n)+/, '');
  const expected = documented
    .replace('upstream recorder {\n', '$&  zone recorder 64k;\n  resolver 127.0.0.11 valid=1s ipv6=off;\n')
    .replace('127.0.0.1:3001', 'recorder:3000 resolve')
    .replace('127.0.0.1:3002', 'recorder-2:3000 resolve')
    .replace(/^ +server_name .*\n/m, '');
  expect(inDocker).toBe(expected);
});

it("nginx' configuration for copies that share a Redis differs from the other one in the copies alone, which take turns", () => {
  const file = (name: string) => read(`docs/compose/${name}`).replace(/^#.*\n/gm, '');
  const expected = file('nginx.conf')
    .replace(/^ +# Gets a request only.*\n/m, '')
    .replace(/^( +server recorder-2:.*) backup;\n/m, '$1;\n$1;\n')
    .replace(/(recorder-2.*\n.*)recorder-2/, '$1recorder-3');
  expect(file('nginx-redis.conf')).toBe(expected);
});

it('Compose starts a Redis that stores nothing and that only containers reach, under the name that the docs give', () => {
  const redis = z.looseObject({ entrypoint: z.array(z.string()) }).parse(compose.services.redis);
  expect(redis.entrypoint.join(' ')).toMatch(/^valkey-server --save {2}--appendonly no/);
  expect(redis).not.toHaveProperty('ports');
  expect(redis).not.toHaveProperty('volumes', [expect.anything()]);
  for (const file of ['compose.yaml', 'docs/deploying.md'])
    expect(read(file)).toContain('REDIS_URL=redis://redis:6379');
});

it('Prometheus reads the password that Compose mounts, under the job that the alerts expect', () => {
  const prometheus = read('docs/compose/prometheus.yml');
  const [secret] = compose.services.prometheus?.secrets ?? [];
  expect(prometheus).toContain(`password_file: /run/secrets/${secret}`);
  const [job] = all(prometheus, /job_name: (\S+)/g);
  expect(read('docs/alerts.yml')).toContain(`up{job="${job}"}`);
});
