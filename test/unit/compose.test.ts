import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

// What Compose doesn't check. test/e2e/compose.test.ts runs it.

const read = (file: string) => readFileSync(file, 'utf8');
const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, match = '']) => match);

const compose = read('compose.yaml');

describe('compose.yaml', () => {
  it('gives the service only settings that exist, and takes only settings from .env', () => {
    const known = all(read('.env.example'), /^(?:# )?([A-Z_]+)=/gm);
    const recorder = /^x-recorder:[\s\S]*?^services:/m.exec(compose)?.[0] ?? '';
    const given = all(recorder, /^ {4}([A-Z_]+): /gm);
    const taken = [...all(compose, /(?<!\$)\$\{?([A-Z_]+)/g), ...all(compose, /^ {4}environment: ([A-Z_]+)$/gm)];
    expect(given.toSorted()).toEqual(['CONFERENCE_NAME', 'HOST', 'PORT']);
    expect(taken.toSorted()).toEqual(['CONFERENCE_NAME', 'STATUS_PASSWORD']);
    expect([...given, ...taken].filter((name) => !known.includes(name))).toEqual([]);
  });

  it('mounts files that exist, and every file that is there for it', () => {
    const mounted = all(compose, /^ +- \.\/([^:\s]+):/gm);
    expect(mounted.filter((path) => !existsSync(path))).toEqual([]);
    const used = [...mounted, ...all(compose, /--config\.file=\/(\S+)$/gm)];
    for (const name of readdirSync('docs/compose')) expect(used).toContain(`docs/compose/${name}`);
  });

  it('asks for the health of everything', () => {
    const services = all(compose.slice(compose.indexOf('\nservices:')), /^ {2}([a-z][a-z0-9-]+):\n {4}</gm);
    expect(services).toEqual(['recorder', 'recorder-2', 'nginx', 'prometheus', 'grafana']);
    const checks = all(compose, /^ +test: .*https?:\/\/127\.0\.0\.1(?::\d+)?(\/[\w/-]+)/gm);
    expect(checks).toEqual(['/healthz', '/healthz', '/-/healthy', '/api/health']);
    expect(read('src/http/routes.ts')).toContain("'/healthz'");
  });

  it('names the version of each image', () => {
    const images = all(compose, /^ +image: (\S+)$/gm);
    expect(images).toHaveLength(3);
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

it('Prometheus reads the password that Compose mounts, under the job that the alerts expect', () => {
  const prometheus = read('docs/compose/prometheus.yml');
  const [secret] = all(compose, /^secrets:\n {2}(\w+):$/gm);
  expect(prometheus).toContain(`password_file: /run/secrets/${secret}`);
  const [job] = all(prometheus, /job_name: (\S+)/g);
  expect(read('docs/alerts.yml')).toContain(`up{job="${job}"}`);
});
