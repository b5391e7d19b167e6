import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.js';
import { environmentFor, MAIN, run, TSX } from '../support/processes.js';
import { simulated } from '../support/simulated.js';

/** util-linux's `script` runs a command in a terminal of its own. */
const SCRIPT = '/usr/bin/script';
const isLinux = process.platform === 'linux' && existsSync(SCRIPT);

it('the log is JSON if the output is not a terminal', async () => {
  const { output } = await run(MAIN, await environmentFor());
  await eventually(() => expect(output.out).toMatch(/SIGNALWIRE_PHONE_NUMBER.*\n$/));
  const lines = output.out.trim().split('\n');
  for (const line of lines) {
    expect(JSON.parse(line)).toMatchObject({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
  }
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual([
    'first discovery complete',
    'Webhook is live at https://recorder.example.com/inbound',
    expect.stringMatching(
      /^Set .* voice webhook .*in SignalWire's dashboard under .*; or set SIGNALWIRE_PHONE_NUMBER$/,
    ),
  ]);
});

it('the log does not explain the manual setup if the number is pointed automatically', async () => {
  const simulator = await simulated();
  const env = { ...(await environmentFor(simulator)), SIGNALWIRE_PHONE_NUMBER: simulator.phoneNumber };
  const { output } = await run(MAIN, env);
  await eventually(() => expect(output.out).toMatch(/Webhook is live.*\s.*\+15550100000 now points to .*\/inbound/));
  expect(output.out).not.toContain('dashboard');
});

it('the log has the URL of the webhook at every level', async () => {
  const { output } = await run(MAIN, { ...(await environmentFor()), LOG_LEVEL: 'silent' });
  await eventually(() => expect(output.out).toContain('Webhook is live at https://recorder.example.com/inbound'));
  expect(output.out).not.toContain('first discovery complete');
});

it.skipIf(!isLinux)('the log is readable text if the output is a terminal', async () => {
  const command = `"${process.execPath}" --import "${TSX}" "${MAIN}"`;
  const env = { PATH: process.env.PATH, STATUS_PASSWORD: 'open sesame, please', ...(await environmentFor()) };
  const child = spawn(SCRIPT, ['-qfec', command, '/dev/null'], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  // When it ends, its terminal is closed, and the service ends as well.
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  child.stdout.on('data', (text) => (output += text));
  await eventually(() => expect(output).toContain('Status page is at https://recorder.example.com/'));
  const lines = stripVTControlCharacters(output).trim().split(/\r?\n/);
  expect(lines[0]).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: first discovery complete \{"conferences":0\}$/);
  expect(lines[1]).toMatch(/^\[.+\] INFO: Webhook is live at https:\/\/recorder\.example\.com\/inbound \{.+\}$/);
});
