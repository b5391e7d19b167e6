import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { dashboardQueries } from '../support/dashboard.js';

const RULES = 'docs/alerts.yml';

/** Runs Prometheus' own checker. It exits with 0 if it finds no mistake. */
function promtool(...args: string[]) {
  const { error, status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
  return { isMissing: error !== undefined, status, output: `${stdout}${stderr}` };
}

const { isMissing } = promtool('--version');
if (isMissing)
  console.warn("The tests of the alerts are skipped: promtool isn't there (apt-get install -y prometheus).");

describe.skipIf(isMissing)('promtool', () => {
  it('accepts the rules', () => {
    expect(promtool('check', 'rules', RULES)).toMatchObject({ status: 0 });
  });

  it('accepts the configuration for Docker Compose, with the rules', () => {
    expect(promtool('check', 'config', 'docs/compose/prometheus.yml')).toMatchObject({ status: 0 });
  });

  it('finds that each alert fires when it should, and never else', () => {
    expect(promtool('test', 'rules', 'test/e2e/alerts.test.yml')).toMatchObject({ status: 0 });
  });

  it("accepts the dashboard's queries", () => {
    const folder = mkdtempSync(join(tmpdir(), 'recorder-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const rules = dashboardQueries().map((query, index) => ({
      record: `query:${index}`,
      expr: query.replaceAll('$__rate_interval', '5m').replaceAll('$instance', '.*'),
    }));
    expect(rules.length).toBeGreaterThan(0);
    // YAML contains JSON.
    const file = join(folder, 'queries.yml');
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
    expect(promtool('check', 'rules', file)).toMatchObject({ status: 0 });
  });

  it('finds that the dashboard counts each conference once, whether the copies are linked or not', () => {
    const folder = mkdtempSync(join(tmpdir(), 'recorder-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const sample = (metric: string, instance: string, value: number) => ({
      series: metric.replace('}', `,job="recorder",instance="${instance}"}`).replace('{,', '{'),
      values: String(value),
    });
    /** @param copies how many are linked with each copy, and what it counts */
    const scene = (copies: { linked: number; paused: number; wrong: number }[], paused: number, wrong: number) => ({
      interval: '1m',
      input_series: copies.flatMap((copy, index) => [
        sample('recorder_copies{}', String(index), copy.linked),
        sample('recorder_conferences{recording="paused"}', String(index), copy.paused),
        sample('recorder_conferences_wrong{}', String(index), copy.wrong),
      ]),
      promql_expr_test: [
        { expr: queryFor('recorder_conferences'), exp_samples: [{ labels: '{recording="paused"}', value: paused }] },
        { expr: queryFor('recorder_conferences_wrong'), exp_samples: [{ labels: '{}', value: wrong }] },
      ].map((test) => ({ ...test, eval_time: '0m' })),
    });
    const alone = { linked: 1, paused: 9, wrong: 2 };
    const tests = [
      scene([alone], 9, 2),
      scene([alone, alone, alone], 9, 2),
      scene(
        [
          { linked: 3, paused: 4, wrong: 1 },
          { linked: 3, paused: 5, wrong: 0 },
          { linked: 3, paused: 0, wrong: 1 },
        ],
        9,
        2,
      ),
      // The third one can't be reached by the others.
      scene([{ linked: 2, paused: 4, wrong: 1 }, { linked: 2, paused: 5, wrong: 1 }, alone], 9, 2),
    ];
    const file = join(folder, 'dashboard.test.yml');
    writeFileSync(file, JSON.stringify({ tests }));
    expect(promtool('test', 'rules', file)).toMatchObject({ status: 0 });
  });
});

/** The dashboard's query that counts by that metric. */
function queryFor(metric: string): string {
  const query = dashboardQueries().find((one) => one.includes(`${metric}{`));
  return (query ?? '').replaceAll('$instance', '.*');
}
