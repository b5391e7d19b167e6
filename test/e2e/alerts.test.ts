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
});
