import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

function compose(...args: string[]) {
  const { status, stdout, stderr } = spawnSync('docker', ['compose', ...args], { encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}` };
}

// It needs no daemon.
const isMissing = compose('version').status !== 0;
if (isMissing) console.warn("The test of compose.yaml is skipped: docker compose isn't there.");

describe.skipIf(isMissing)('docker compose', () => {
  it('accepts compose.yaml, with the settings of .env.example', () => {
    const folder = mkdtempSync(join(tmpdir(), 'recorder-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    copyFileSync('.env.example', join(folder, '.env'));
    const result = compose(
      '-f',
      'compose.yaml',
      '--project-directory',
      folder,
      '--profile',
      '*',
      'config',
      '--services',
    );
    expect(result).toMatchObject({ status: 0 });
    expect(result.output.trim().split('\n').toSorted()).toEqual([
      'grafana',
      'nginx',
      'nginx-redis',
      'prometheus',
      'recorder',
      'recorder-2',
      'recorder-3',
      'redis',
    ]);
  });
});
