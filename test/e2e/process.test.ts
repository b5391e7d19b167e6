import { once } from 'node:events';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createSpace } from '../../src/signalwire/rest-space.js';
import { CALL_HANDLERS } from '../../src/simulator/model/phone-number.js';
import { eventually } from '../support/eventually.js';
import { type LogLine, linesFrom } from '../support/log.js';
import { environmentFor, MAIN, run, SIMULATOR, startProcess } from '../support/processes.js';
import { serveLaml } from '../support/serve-laml.js';
import { liveConference } from '../support/service-beside-simulator.js';
import { simulated } from '../support/simulated.js';
import { headCount, recordingStatus } from '../support/space-state.js';

/** The complete lines of a log. */
function linesOf(out: string): LogLine[] {
  const complete = out.slice(0, out.lastIndexOf('\n') + 1);
  return complete
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

describe('the process', () => {
  it('ends with 1 and all mistakes, and no stack trace, when the settings are wrong', async () => {
    const { output, exit } = await run(MAIN, { PORT: 'PT-secret' });
    expect(await exit).toEqual([1, null]);
    expect(output.out).toBe('');
    expect(output.err).toMatch(/^6 settings are wrong/);
    expect(output.err).not.toMatch(/^ +at |PT-secret/m);
  });

  it('ends with 1 and a sentence when SignalWire refuses the credentials', async () => {
    const { output, exit } = await run(MAIN, { ...(await environmentFor()), SIGNALWIRE_API_TOKEN: 'PT-secret' });
    expect(await exit).toEqual([1, null]);
    expect(output.err).toMatch(/^SignalWire refused the credentials \(401\)[^\n]+\n$/);
    expect(output.out + output.err).not.toContain('PT-secret');
  });

  it('ends with 1 and a sentence when .env is there and cannot be read', async () => {
    const { output, exit } = await run(MAIN, {}, 'a folder');
    expect(await exit).toEqual([1, null]);
    expect(output.err).toMatch(/^\.env could not be read: [^\n]+\n$/);
  });

  it('names variables that may have been meant if a setting is missing', async () => {
    const { SIGNALWIRE_API_TOKEN, ...env } = await environmentFor();
    const { output, exit } = await run(MAIN, { ...env, SIGNALWIRE_TOKEN: SIGNALWIRE_API_TOKEN });
    expect(await exit).toEqual([1, null]);
    expect(output.err).toMatch(/SIGNALWIRE_API_TOKEN is missing/);
    expect(output.err).toMatch(
      /\n {2}SIGNALWIRE_TOKEN is not a setting of this service: did you mean SIGNALWIRE_API_TOKEN\?\n/,
    );
    expect(output.err).not.toContain(SIGNALWIRE_API_TOKEN);
  });

  it('reads .env, says where the webhook is, and ends with 0 when asked to', async () => {
    const env = await environmentFor();
    const dotenv = Object.entries(env)
      .map(([name, value]) => `${name}=${value}\n`)
      .join('');
    const { child, output, exit } = await run(MAIN, {}, dotenv);
    await eventually(() =>
      expect(output.out).toContain('"msg":"Webhook is live at https://recorder.example.com/inbound"'),
    );
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
    expect(output.err).toBe('');
    expect(output.out).not.toContain(env.SIGNALWIRE_API_TOKEN);
    expect(output.out).not.toContain(env.SIGNALWIRE_SIGNING_KEY);
  });

  it('warns of a short status password and of variables that look like settings, without their values', async () => {
    const { output } = await run(
      MAIN,
      { ...(await environmentFor()), STATUS_PASSWORD: 'sesame-open', PAUSE_BEHAVIOUR: 'secret-1' },
      'MIN_PARTICIPANT=secret-2\n',
    );
    await eventually(() => expect(output.out).toContain('Status page is at'));
    const warnings = linesFrom('warn', linesOf(output.out));
    expect(warnings.map(({ msg }) => msg).toSorted()).toEqual([
      'MIN_PARTICIPANT is not a setting of this service: did you mean MIN_PARTICIPANTS?',
      'PAUSE_BEHAVIOUR is not a setting of this service: did you mean PAUSE_BEHAVIOR?',
      expect.stringMatching(/^STATUS_PASSWORD has fewer than 12 characters/),
    ]);
    expect(output.out).not.toMatch(/sesame|secret/);
  });

  it('warns of nothing if the status password has 12 characters and every variable is a setting', async () => {
    const { output } = await run(MAIN, { ...(await environmentFor()), STATUS_PASSWORD: 'sesame-open!' });
    await eventually(() => expect(output.out).toContain('Status page is at'));
    expect(linesFrom('warn', linesOf(output.out))).toEqual([]);
  });

  it('logs one error that names the setting if the host of the space does not resolve, and goes on', async () => {
    const env = { ...(await environmentFor()), SIGNALWIRE_SPACE_URL: 'https://nowhere.invalid' };
    const { output } = await run(MAIN, env);
    await eventually(() => expect(output.out).toContain('"msg":"Webhook is live at'));
    await eventually(() => expect(output.out).toContain('does not resolve'));
    const errors = linesFrom('error', linesOf(output.out));
    expect(errors.map(({ msg }) => msg)).toEqual([
      expect.stringMatching(/^SIGNALWIRE_SPACE_URL: nowhere\.invalid does not resolve/),
    ]);
    // It goes on asking.
    await eventually(() => expect(output.out).toContain('SignalWire is failing'));
  });

  it('that is killed while a recording is paused leaves nothing that the next one does not put right', async () => {
    const simulator = await simulated();
    const killed = await startProcess(simulator);
    await simulator.call();
    const second = await simulator.call();
    simulator.hangUp(second);
    await eventually(() => expect(recordingStatus(liveConference(simulator))).toBe('paused'));
    killed.child.kill('SIGKILL');
    expect(await killed.exit).toEqual([null, 'SIGKILL']);

    // Somebody comes by another way, as nobody answers the number now.
    await simulator.call({ url: (await serveLaml()) + liveConference(simulator).name });
    await startProcess(simulator, {}, killed.port);
    await eventually(() => expect(recordingStatus(liveConference(simulator))).toBe('resumed'));
    await simulator.call();
    expect(headCount(liveConference(simulator))).toBe(3);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('finishes what it acknowledged at %s, and ends with 0', async (signal) => {
    const simulator = await simulated();
    const { child, output, exit } = await startProcess(simulator);
    await simulator.call();
    const second = await simulator.call();
    await eventually(() => expect(recordingStatus(liveConference(simulator))).toBe('in-progress'));
    // Nothing is answered before the signal has been heeded.
    const heeded = eventually(() => expect(output.out).toContain('a second signal stops at once'));
    simulator.onRequest = (_request, handle) => heeded.then(handle);
    simulator.hangUp(second);
    await eventually(() => expect(output.out).toContain('"msg":"participant left"'));
    child.kill(signal);
    expect(await exit).toEqual([0, null]);
    expect(recordingStatus(liveConference(simulator))).toBe('paused');
  });

  it('takes a signal before it has loaded anything, and ends with 0', async () => {
    // main.ts is all that is loaded before the signal handlers are in place.
    const folder = await mkdtemp(join(tmpdir(), 'recorder-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const main = join(folder, 'main.ts');
    await copyFile(MAIN, main);
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    await writeFile(
      join(folder, 'start.ts'),
      "setInterval(() => {}, 1000); console.log('loading'); await new Promise(() => {});",
    );
    const { child, output, exit } = await run(main, {});
    await eventually(() => expect(output.out).toBe('loading\n'));
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
  });

  it('ends with 0 at a signal during its first discovery', async () => {
    const simulator = await simulated();
    simulator.faults.hang = 1;
    const asked = once(simulator.events, 'request');
    const { child, output, exit } = await run(MAIN, await environmentFor(simulator));
    await asked;
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
    expect(output.out + output.err).toBe('');
  });

  it('stops at once at a second signal, and says that it can', async () => {
    const simulator = await simulated();
    const { child, output, exit } = await startProcess(simulator);
    await simulator.call();
    simulator.hangUp(await simulator.call());
    simulator.faults.hang = 1;
    await eventually(() => expect(output.out).toContain('"msg":"participant left"'));
    child.kill('SIGINT');
    await eventually(() => expect(output.out).toContain('a second signal stops at once'));
    // npm passes on a Ctrl-C that the terminal has sent already, so the same signal in quick succession counts as one.
    const again = setInterval(() => child.kill('SIGINT'), 50);
    onTestFinished(() => clearInterval(again));
    expect(await exit).toEqual([1, null]);
    expect(output.out).toMatch(/"stopping at once"\}\n$/);
  });

  it('stops at once at another signal than the first, however soon', async () => {
    const simulator = await simulated();
    const { child, output, exit } = await startProcess(simulator);
    await simulator.call();
    simulator.faults.hang = 1;
    await simulator.call();
    await eventually(() => expect(output.out.match(/"msg":"participant joined"/g)).toHaveLength(2));
    child.kill('SIGINT');
    await eventually(() => expect(output.out).toContain('a second signal stops at once'));
    child.kill('SIGTERM');
    expect(await exit).toEqual([1, null]);
  });

  it('of the simulator says how to start the service against it, and how to call', async () => {
    const { output } = await run(
      SIMULATOR,
      { PORT: '0', SIGNALWIRE_API_TOKEN: 'PT-mine' },
      'PORT=3000\nSIGNALWIRE_SIGNING_KEY=PSK-mine\n',
      ['--space', '7', '--alone', '404'],
    );
    await eventually(() => expect(output.out).toMatch(/\n {2}curl [\s\S]*Url=\S+\n/));
    expect(output.out).toMatch(/API token +PT-mine\n/);
    expect(output.out).toMatch(/signing key +PSK-mine\n/);
    expect(output.out).not.toContain(':3000/api');
    expect(output.out).toMatch(/differs from what SignalWire documents: --alone 404 --/);
    const url = /http:\S+/.exec(output.out)?.[0] ?? '';
    const projectId = /project ID +(\S+)/.exec(output.out)?.[1] ?? '';
    const account = await fetch(`${url}/api/laml/2010-04-01/Accounts/${projectId}`, {
      headers: { authorization: `Basic ${Buffer.from(`${projectId}:PT-mine`).toString('base64')}` },
    });
    expect(account.status).toBe(200);
  });

  it("of the simulator has a number of ours, and one of somebody else's for each kind of handler", async () => {
    const { output } = await run(SIMULATOR, { PORT: '0', SIGNALWIRE_API_TOKEN: 'PT-mine' });
    await eventually(() => expect(output.out).toMatch(/\n {2}curl [\s\S]*Url=\S+\n/));
    const [, first, last] = /From (\S+) to (\S+), its numbers are somebody else's/.exec(output.out) ?? [];
    const url = /http:\S+/.exec(output.out)?.[0] ?? '';
    const settings = {
      spaceUrl: url,
      projectId: /project ID +(\S+)/.exec(output.out)?.[1] ?? '',
      apiToken: 'PT-mine',
    };
    const space = createSpace({ ...settings, timeoutMs: 5000 });
    onTestFinished(() => space.close());
    const [ours, ...others] = (await space.listPhoneNumbers()).map(({ phoneNumber }) => phoneNumber).toSorted();
    expect(output.out).toContain(`number       ${ours}, whose calls nothing handles yet`);
    expect([others.at(0), others.at(-1)]).toEqual([first, last]);
    const handlers = await Promise.all(others.map((number) => space.fetchCallHandler(number)));
    expect(handlers.map((handler) => handler?.kind).toSorted()).toEqual(CALL_HANDLERS.toSorted());
    for (const handler of handlers) expect(handler?.resourceId || handler?.requestUrl).not.toBe('');
    expect((await space.fetchCallHandler(ours ?? ''))?.kind).toBeUndefined();
  });
});
