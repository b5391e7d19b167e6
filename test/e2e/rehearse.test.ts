import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isCallOver } from '../../src/simulator/model/resources.js';
import type { Simulator } from '../../src/simulator/simulator.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { environmentFor, REHEARSE, run, runToEnd, TSX } from '../support/processes.js';
import { FIRST, SECOND } from '../support/rehearsal.js';
import { type Options, startPair } from '../support/service-beside-simulator.js';
import { simulated } from '../support/simulated.js';
import { PASSWORD } from '../support/status.js';

// The rehearsal as a command. rehearsal.test.ts tests what it finds.

/** util-linux's `script` runs a command in a terminal of its own. */
const SCRIPT = '/usr/bin/script';

async function environmentBesideService(options: Options = {}) {
  const { simulator, service } = await startPair({ settings: { statusPassword: PASSWORD }, ...options });
  const env = {
    ...(await environmentFor(simulator)),
    PUBLIC_URL: service.publicUrl,
    PORT: String(service.port),
    SIGNALWIRE_PHONE_NUMBER: simulator.phoneNumber,
    STATUS_PASSWORD: PASSWORD,
  };
  return { simulator, env };
}

const callsOf = ({ model }: Simulator) => [...model.calls.values()];
const aliveIn = (simulator: Simulator) => callsOf(simulator).filter((call) => !isCallOver(call));

describe('npm run rehearse', () => {
  it('says what it costs, prints a table, and writes a report without numbers and secrets', async () => {
    const { simulator, env } = await environmentBesideService();
    const { child, output, exit } = await run(REHEARSE, env, undefined, [FIRST, SECOND, '--yes', '--hang-up']);
    expect(await exit).toEqual([0, null]);
    expect(child.killed).toBe(false);
    expect(output.err).toMatch(/^This places three short calls, which [\s\S]*All calls are ended when it is over/);
    expect(output.err).toMatch(/Hanging up the second phone\.\n[\s\S]*Every call is hung up\.\n$/);
    expect(output.out).toMatch(/\na paused recording reads +paused +anything +ok\n/);
    const file = /\nThe report is in (.+)\n$/.exec(output.out)?.[1] ?? '';
    expect(file).toMatch(/\/rehearsal-[\dTZ-]+\.json$/);
    const report = await readFile(file, 'utf8');
    expect(JSON.parse(report)).toMatchObject({ failure: null, calls: 3, hungUpBy: 'the program' });
    const everything = report + output.err + output.out;
    const callSids = callsOf(simulator).map(({ sid }) => sid);
    for (const secret of [FIRST, SECOND, ...Object.values(env).filter((value) => value.length > 8), ...callSids]) {
      expect(everything).not.toContain(secret);
    }
    expect(aliveIn(simulator)).toEqual([]);
  });

  it('loses no report if the table can not be printed', async () => {
    const { env } = await environmentBesideService();
    const breakPrinting = 'data:text/javascript,console.log=()=>{throw new RangeError("no columns")}';
    const args = [FIRST, SECOND, '--yes', '--hang-up', '--no-resume', '--report', 'r.json'];
    const { cwd, output, exit } = await run(['--import', breakPrinting, ...REHEARSE], env, undefined, args);
    expect(await exit).toEqual([1, null]);
    expect(output.err).toContain('no columns');
    expect(JSON.parse(await readFile(join(cwd, 'r.json'), 'utf8'))).toMatchObject({ calls: 2, failure: null });
  });

  it('prints the report if somebody else has written the file meanwhile, and leaves that alone', async () => {
    const { simulator, env } = await environmentBesideService();
    simulator.unanswered.set(SECOND, 'busy');
    const { cwd, output, exit } = await run(REHEARSE, env, undefined, [FIRST, SECOND, '--yes', '--report', 'r.json']);
    await eventually(() => expect(output.err).toContain('Calling the first phone'));
    await writeFile(join(cwd, 'r.json'), 'mine');
    expect(await exit).toEqual([1, null]);
    expect(output.err).toMatch(/The report could not be written, so here it is: EEXIST[\s\S]* are ok, /);
    expect(JSON.parse(output.out)).toMatchObject({ failure: 'The second phone: The line is busy.' });
    expect(await readFile(join(cwd, 'r.json'), 'utf8')).toBe('mine');
  });

  it('hangs up at SIGINT, SIGTERM and SIGHUP, and reports what it knows', async () => {
    await Promise.all((['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map(cutShort));
  });

  async function cutShort(signal: NodeJS.Signals): Promise<void> {
    const { simulator, env } = await environmentBesideService();
    const { child, output, exit } = await run(REHEARSE, env, undefined, [FIRST, SECOND, '--yes', '--report', 'r.json']);
    await eventually(() => expect(output.err).toContain('Both phones are in.'));
    expect(aliveIn(simulator)).toHaveLength(2);
    child.kill(signal);
    // Another one, as npm sends it, changes nothing.
    child.kill(signal);
    expect(await exit).toEqual([1, null]);
    expect(aliveIn(simulator)).toEqual([]);
    expect(output.err).toMatch(/: hanging up\.\nThe rehearsal was cut short by SIG\w+\.\nEvery call is hung up\.\n$/);
    expect(output.out).toMatch(/ are ok, 0 NOT OK, [\s\S]*\nThe report is in .*r\.json\n$/);
  }

  it('hangs up a phone that is still ringing', async () => {
    const { simulator, env } = await environmentBesideService();
    simulator.unanswered.set(FIRST, 'no-answer');
    const { child, output, exit } = await run(REHEARSE, env, undefined, [FIRST, SECOND, '--yes']);
    await eventually(() => expect(callsOf(simulator)).toHaveLength(1));
    child.kill('SIGINT');
    expect(await exit).toEqual([1, null]);
    expect(aliveIn(simulator)).toEqual([]);
    expect(output.err).toContain('Every call is hung up.');
  });

  it('exits with 1 and the reason if a phone is busy', async () => {
    const { simulator, env } = await environmentBesideService();
    simulator.unanswered.set(FIRST, 'busy');
    const { code, out, err } = await runToEnd(REHEARSE, env, FIRST, SECOND, '--yes', '--report', '-');
    expect(err).toContain('\nThe first phone: The line is busy.\n');
    expect(JSON.parse(out)).toMatchObject({ failure: 'The first phone: The line is busy.', calls: 1 });
    expect(code).toBe(1);
  });

  it.each([
    ['the service does not run', {}, [FIRST, SECOND, '--yes'], /healthz does not answer .*Nobody was called\./],
    ['there is no terminal and no --yes', {}, [FIRST, SECOND], /Without a terminal .* --yes.*Nobody was called\./],
    ['there is no STATUS_PASSWORD', { STATUS_PASSWORD: '' }, [FIRST, SECOND, '--yes'], /set STATUS_PASSWORD/],
    ['the service has another password', { STATUS_PASSWORD: 'x' }, [FIRST, SECOND, '--yes'], /STATUS_PASSWORD differs/],
    ['MIN_PARTICIPANTS is not 2', { MIN_PARTICIPANTS: '3' }, [FIRST, SECOND, '--yes'], /MIN_PARTICIPANTS=2/],
    ['both phones are the same', {}, [FIRST, FIRST, '--yes'], /three different numbers/],
    ['there is one phone only', {}, [FIRST, '--yes'], /missing required argument 'second'/],
    ['a number is not in E.164 form', {}, [FIRST, '5551234567', '--yes'], /E\.164/],
    ['there is no number to call from', { SIGNALWIRE_PHONE_NUMBER: '' }, [FIRST, SECOND, '--yes'], /--from/],
    ['no file can be made there', {}, [FIRST, SECOND, '--report', '/proc/r.json'], /can't be written\./],
    [
      'the report can not be written',
      {},
      [FIRST, SECOND, '--report', '/nowhere/r.json'],
      /can't be written\..*--report/,
    ],
    ['the settings are wrong', { SIGNALWIRE_API_TOKEN: '' }, [FIRST, SECOND], /SIGNALWIRE_API_TOKEN is missing/],
  ])('exits with 2, and calls nobody, if %s', async (reason, changes, args, sentence) => {
    const isRunning = reason !== 'the service does not run';
    const simulator = await simulated();
    const beside = isRunning ? await environmentBesideService({}) : undefined;
    const env = beside?.env ?? {
      ...(await environmentFor(simulator)),
      PUBLIC_URL: `http://127.0.0.1:${await freePort()}`,
      SIGNALWIRE_PHONE_NUMBER: simulator.phoneNumber,
      STATUS_PASSWORD: PASSWORD,
    };
    const { code, out, err } = await runToEnd(REHEARSE, { ...env, ...changes }, ...args);
    expect(err).toMatch(sentence);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(callsOf(beside?.simulator ?? simulator)).toEqual([]);
  });

  it('overwrites no report, and calls nobody then', async () => {
    const { simulator, env } = await environmentBesideService();
    const folder = await mkdtemp(join(tmpdir(), 'recorder-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'there.json');
    await writeFile(file, 'mine');
    const { code, err } = await runToEnd(REHEARSE, env, FIRST, SECOND, '--yes', '--report', file);
    expect(err).toContain(`${file} is there already, and is not overwritten.`);
    expect(code).toBe(2);
    expect(await readFile(file, 'utf8')).toBe('mine');
    expect(await readdir(folder)).toEqual(['there.json']);
    expect(callsOf(simulator)).toEqual([]);
  });

  it.skipIf(!existsSync(SCRIPT))('asks on a terminal, and calls nobody without a yes', async () => {
    const { simulator, env } = await environmentBesideService();
    const command = [process.execPath, '--import', TSX, ...REHEARSE, FIRST, SECOND]
      .map((part) => `"${part}"`)
      .join(' ');
    const child = spawn(SCRIPT, ['-qfec', command, '/dev/null'], { env: { PATH: process.env.PATH, ...env } });
    onTestFinished(() => void child.kill('SIGKILL'));
    let output = '';
    child.stdout.on('data', (text) => (output += text));
    await eventually(() => expect(output).toContain('Call now? [y/N]'));
    child.stdin.write('\r');
    expect(await once(child, 'exit')).toEqual([1, null]);
    expect(output).toContain('Nobody was called.');
    expect(callsOf(simulator)).toEqual([]);
  });

  it('explains its arguments and exit codes with --help', async () => {
    const { code, out } = await runToEnd(REHEARSE, {}, '--help');
    for (const part of ['<first>', '<second>', '--no-resume', '--hang-up', '--report', 'Exits with 0']) {
      expect(out).toContain(part);
    }
    expect(code).toBe(0);
  });
});
