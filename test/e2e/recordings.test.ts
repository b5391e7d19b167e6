import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { appendValue } from '../../src/simulator/model/timeline.js';
import { eventually } from '../support/eventually.js';
import { finishRecording, holdConference, temporaryFolder } from '../support/finished-recordings.js';
import { environmentFor, RECORDINGS, runToEnd, TSX } from '../support/processes.js';
import { startRecorded } from '../support/recorded.js';
import { startPair } from '../support/service-beside-simulator.js';
import { feedOf, PASSWORD } from '../support/status.js';
import { changeAnswers } from '../support/two-people.js';

const SCRIPT = '/usr/bin/script';
const isLinux = process.platform === 'linux' && existsSync(SCRIPT);

describe('conference-recorder recordings', () => {
  it('lists the finished recordings of our conferences, newest first', async () => {
    const { simulator, webhook, sids, recordings, addressOf } = await startRecorded('sales', 'a\u0085[2Jb');
    await finishRecording(simulator, webhook, 'other-app');
    await holdConference(simulator, `${webhook}recorded-live`, false);
    const { code, out, err } = await recordings([]);
    // The second room's control character can't reach the terminal.
    expect(out.split('\n')).toEqual([
      'began (UTC)           seconds  room    address',
      expect.stringMatching(/^2026-11-24T12:01:21Z {7}64 {2}a.\[2Jb {2}http/),
      `2026-11-24T12:00:21Z       64  sales   ${addressOf(sids[0])}`,
      '',
    ]);
    expect(out).not.toContain('\u0085');
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  it('prints JSON with --json, and only what is new enough with --since', async () => {
    const { sids, recordings, addressOf } = await startRecorded('old', 'new');
    const { code, out } = await recordings(['--json', '--since', '2026-11-24T12:01Z']);
    expect(JSON.parse(out)).toEqual([
      expect.objectContaining({
        ...{ sid: sids[1], room: 'new', conference: 'recorded-new', seconds: 64, status: 'completed' },
        ...{ createdAt: '2026-11-24T12:01:21.000Z', url: addressOf(sids[1]) },
      }),
    ]);
    expect(code).toBe(0);
  });

  it('says that there are none, and how many are left out', async () => {
    const { simulator, recordings } = await startRecorded('sales');
    simulator.traits.endedReads = '404';
    const { code, out, err } = await recordings([]);
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(err).toMatch(
      /^1 recording is left out: SignalWire doesn't know the conference.*\nThere are no finished rec/,
    );
    expect((await recordings(['--json'])).out).toBe('[]\n');
  });

  it('exits with 1 and a sentence if SignalWire refuses or fails', async () => {
    const { simulator, recordings } = await startRecorded();
    const wrong = await recordings([], { SIGNALWIRE_API_TOKEN: 'PT-wrong' });
    expect(wrong).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/refused the credentials \(401\)/) });
    expect(wrong.err).not.toContain('PT-wrong');
    simulator.onRequest = () => ({ status: 503, body: '' });
    expect(await recordings([])).toMatchObject({ code: 1, err: expect.stringMatching(/^SignalWire answered 503/) });
  });
});

describe('conference-recorder recordings pull', () => {
  it('prints a line for each file, and nothing when there is nothing new', async () => {
    const { sids, folder, recordings } = await startRecorded('sales', 'R&amp;D 1');
    const names = [`2026-11-24T12-01-21Z_R-D-1_${sids[1]}`, `2026-11-24T12-00-21Z_sales_${sids[0]}`];
    const first = await recordings(['pull', folder]);
    expect(first).toEqual({
      code: 0,
      out: `${names.map((name) => `${name}.wav  1.0 MB\n`).join('')}2 fetched, 0 failed.\n`,
      err: '',
    });
    expect((await readdir(folder)).toSorted()).toEqual(
      names.flatMap((name) => [`${name}.json`, `${name}.wav`]).toSorted(),
    );
    expect(await recordings(['pull', folder, '--since', '1w'])).toEqual({ code: 0, out: '', err: '' });
  });

  it("adds the story from the running service's feed", async () => {
    const pair = await startPair({ settings: { statusPassword: PASSWORD } });
    const { simulator, service } = pair;
    const { recording } = await holdConference(simulator, `${service.publicUrl}/inbound?room=sales`);
    await eventually(async () => expect((await feedOf(pair)).finished[0]?.recordings).toHaveLength(1));
    const folder = await temporaryFolder();
    const env = { ...(await environmentFor(simulator)), PORT: String(service.port), STATUS_PASSWORD: PASSWORD };
    const { code, err } = await runToEnd(RECORDINGS, env, 'pull', folder);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const json = (await readdir(folder)).find((name) => name.endsWith('.json')) ?? '';
    const { story, whyNoStory } = JSON.parse(await readFile(join(folder, json), 'utf8'));
    expect(story).toEqual((await feedOf(pair)).finished[0]?.recordings[0]);
    expect(story).toMatchObject({ recordingSid: recording.sid, status: 'completed' });
    expect(whyNoStory).toBeNull();
    expect(JSON.stringify(story)).not.toContain(PASSWORD);
  });

  it('fetches the audio also if the service cannot be asked for the stories, and says why', async () => {
    const { folder, recordings } = await startRecorded('sales');
    const { code, err } = await recordings(['pull', folder], { STATUS_PASSWORD: PASSWORD, PORT: '1' });
    expect(code).toBe(0);
    expect(err).toMatch(/^The stories are missing: http:\/\/127\.0\.0\.1:1\/conferences does not answer \(.+\)\.\n$/);
    const json = (await readdir(folder)).find((name) => name.endsWith('.json')) ?? '';
    expect(JSON.parse(await readFile(join(folder, json), 'utf8')).whyNoStory).toMatch(/does not answer/);
  });

  it('prints nothing under cron when there is nothing new, whatever is left out', async () => {
    const { simulator, webhook, folder, recordings } = await startRecorded('sales');
    const other = await finishRecording(simulator, webhook, 'recorded-forgotten');
    const live = await holdConference(simulator, `${webhook}recorded-live`, false);
    appendValue(live.recording.status, simulator.model.now(), 'completed');
    // SignalWire has forgotten one conference.
    changeAnswers({ simulator }, 'GET Conferences', (text) => text.replaceAll(other.conference.sid, randomUUID()));
    const answer = simulator.onRequest;
    simulator.onRequest = (request, handle) =>
      request.path.includes(`/Conferences/${other.conference.sid}`)
        ? { status: 404, body: '' }
        : answer(request, handle);
    const unreadable = { STATUS_PASSWORD: PASSWORD, PORT: '1' };
    const first = await recordings(['pull', folder], unreadable);
    expect(first.err.split('\n')).toEqual([
      expect.stringMatching(/^The stories are missing: /),
      expect.stringMatching(/^1 recording is left out: SignalWire doesn't know/),
      expect.stringMatching(/^1 recording is left out for now/),
      '',
    ]);
    expect(await recordings(['pull', folder], unreadable)).toEqual({ code: 0, out: '', err: '' });
  });

  it.skipIf(!isLinux)('shows its progress in one line on a terminal', async () => {
    const { simulator, sids, folder, env } = await startRecorded('sales');
    const answer = simulator.onRequest;
    let answers = 0;
    simulator.onRequest = (request, handle) => {
      if (!request.path.endsWith(String(sids[0]))) return answer(request, handle);
      answers += 1;
      return answers === 1 ? { ...handle(), cut: { bytes: 500_000, ending: 'close' } } : handle();
    };
    const [program = '', ...args] = RECORDINGS;
    const command = [process.execPath, '--import', TSX, program, ...args, 'pull', folder].map((part) => `"${part}"`);
    const child = spawn(SCRIPT, ['-qfec', `stty cols 200; ${command.join(' ')}`, '/dev/null'], {
      env: { PATH: process.env.PATH, ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let output = '';
    child.stdout.on('data', (text) => (output += text));
    await eventually(() => expect(output).toContain('1 fetched, 0 failed.'));
    const updates = output.split('\r\u001B[K');
    expect(updates[1]).toMatch(/^1\/1 {2}2026-11-24T12-00-21Z_sales_.*\.wav {2}\d+ kB of 1\.0 MB$/);
    expect(updates.find((text) => text.includes('\n'))).toMatch(/^2026-.*\.wav {2}1\.0 MB\r?\n/);
  });

  it.each([
    ['no folder', ['pull'], {}, /missing required argument 'dir'\n\s*Run "conference-recorder recordings pull --help"/],
    ['a file instead of a folder', ['pull', 'FILE'], {}, /is not a folder\./],
    ['a --since that is none', ['pull', 'x', '--since', 'yesterday'], {}, /duration \(24h, 7d\)/],
    ['--json', ['--json', 'pull', 'x'], {}, /--json is for the list alone/],
    ['another command', ['delete'], {}, /too many arguments/],
    ['wrong settings', ['pull', 'x'], { SIGNALWIRE_API_TOKEN: '' }, /SIGNALWIRE_API_TOKEN is missing/],
  ])('exits with 2, and sends no request, for %s', async (_case, args, changes, sentence) => {
    const { simulator, folder, recordings } = await startRecorded();
    const requests: string[] = [];
    simulator.events.on('request', ({ path }) => requests.push(path));
    const file = join(folder, 'file');
    await writeFile(file, '');
    const { code, out, err } = await recordings(
      args.map((arg) => (arg === 'FILE' ? file : arg)),
      changes,
    );
    expect(err).toMatch(sentence);
    expect({ code, out, requests }).toEqual({ code: 2, out: '', requests: [] });
  });

  it('explains its arguments and exit codes with --help', async () => {
    const { recordings } = await startRecorded();
    const { code, out } = await recordings(['pull', '--help']);
    for (const part of ['<dir>', '--since', 'Deletes nothing', 'Exits with 0', '75 if another run'])
      expect(out).toContain(part);
    expect(code).toBe(0);
  });
});
