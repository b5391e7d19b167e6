import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type PullOptions, pullRecordings } from '../../src/recordings/pull.js';
import type { Stories } from '../../src/recordings/story-file.js';
import { createWav } from '../../src/simulator/model/wav.js';
import { eventually } from '../support/eventually.js';
import { finishRecording, temporaryFolder } from '../support/finished-recordings.js';
import { serveLaml } from '../support/serve-laml.js';
import { kindOf, settingsFor, spaceOf } from '../support/service-beside-simulator.js';
import { startSpace } from '../support/simulated-space.js';

const NO_STORIES: Stories = { bySid: new Map(), whyMissing: 'Nobody asked.' };

/** A simulator with finished recordings of two seconds in these conferences, an empty folder, and a pull into it. */
async function startPulled(...conferences: string[]) {
  const { simulator } = await startSpace();
  const webhook = await serveLaml();
  const finish = async (name: string) => (await finishRecording(simulator, webhook, name, { seconds: 2 })).recording;
  const recordings = [];
  for (const name of conferences) recordings.push(await finish(name));
  const settings = settingsFor(simulator);
  const folder = join(await temporaryFolder(), 'new', 'folder');
  const requests: string[] = [];
  simulator.events.on('request', (request) => requests.push(kindOf(request)));

  /** Pulls once, and resolves with what was reported and requested. */
  async function pull(changes: Partial<PullOptions> = {}) {
    requests.length = 0;
    const fetched: string[] = [];
    const failed: string[] = [];
    const taken: string[] = [];
    await pullRecordings(spaceOf(settings), folder, {
      settings,
      since: undefined,
      stories: NO_STORIES,
      signal: new AbortController().signal,
      waitsMs: [1, 1, 1, 1, 1],
      reporter: {
        onListed: () => {},
        onProgress: () => {},
        onFetched: (file) => fetched.push(file),
        onFailed: (file, reason) => failed.push(`${file}: ${reason}`),
        onTaken: (file) => taken.push(file),
      },
      ...changes,
    });
    return { fetched, failed, taken, requests: [...requests] };
  }
  const files = async () => (await readdir(folder)).toSorted();
  const read = (name: string) => readFile(join(folder, name));
  const readJson = async (name: string) => JSON.parse((await read(name)).toString());
  return { simulator, recordings, finish, folder, pull, files, read, readJson };
}

const AUDIO = createWav(44 + 2 * 8000 * 2);
const nameOf = (room: string, sid?: string) => `2026-11-24T12-00-21Z_${room}_${sid}`;

it('fetches what the folder lacks, and nothing the second time', async () => {
  const { simulator, recordings, finish, pull, files, read, readJson } = await startPulled(
    'recorded-sales',
    'other-app',
  );
  const name = nameOf('sales', recordings[0]?.sid);
  expect(await pull()).toMatchObject({ fetched: [`${name}.wav`], failed: [], taken: [] });
  expect(await files()).toEqual([`${name}.json`, `${name}.wav`]);
  expect((await read(`${name}.wav`)).equals(AUDIO)).toBe(true);
  expect(await readJson(`${name}.json`)).toMatchObject({
    ...{ sid: recordings[0]?.sid, conference: 'recorded-sales', room: 'sales', status: 'completed', seconds: 2 },
    ...{ createdAt: '2026-11-24T12:00:21.000Z', story: null, whyNoStory: 'Nobody asked.' },
  });

  const again = await pull();
  // Only the other application's recording is looked up.
  expect(again).toEqual({ fetched: [], failed: [], taken: [], requests: ['GET Recordings', 'GET Conferences'] });
  const later = await finish('recorded-sales');
  expect((await pull()).fetched).toEqual([`${nameOf('sales', later.sid)}.wav`]);
  // Nothing was written to the space, and nothing was deleted there.
  expect(simulator.conferences().flatMap((conference) => conference.recordings)).toHaveLength(3);
});

it('looks up no conference if the folder has everything', async () => {
  const { pull } = await startPulled('recorded-a', 'recorded-b');
  expect((await pull()).requests.filter((request) => request === 'GET Conferences')).toHaveLength(1);
  expect((await pull()).requests).toEqual(['GET Recordings']);
});

it('sends GET requests alone', async () => {
  const { simulator, pull } = await startPulled('recorded-sales');
  const methods = new Set<string>();
  simulator.events.on('request', ({ method }) => methods.add(method));
  await pull();
  expect([...methods]).toEqual(['GET']);
});

it('finds a recording under another name by its SID, and leaves other files alone', async () => {
  const { recordings, folder, pull, files } = await startPulled('recorded-sales');
  await pull();
  const sid = recordings[0]?.sid;
  const name = nameOf('sales', sid);
  await rm(join(folder, `${name}.json`));
  await rm(join(folder, `${name}.wav`));
  const mine = [`Interview_${sid}.wav`, 'notes.txt', 'somebody.wav.part'];
  for (const file of mine) await writeFile(join(folder, file), 'mine');
  expect((await pull()).fetched).toEqual([]);
  expect(await files()).toEqual([...mine, `Interview_${sid}.json`].toSorted());
});

it.each(['../../../tmp/x', '..', 'a/b\\c', '/etc/passwd', '~root', '-rf', 'x'.repeat(50), '営業&amp;&#x202E;'])(
  'a room called %s leads to a file in the folder',
  async (room) => {
    const { folder, pull, files } = await startPulled(`recorded-${room}`);
    const { fetched, failed } = await pull();
    expect([fetched.length, failed]).toEqual([1, []]);
    expect(await files()).toHaveLength(2);
    expect(fetched[0]).toMatch(/^2026-11-24T12-00-21Z_[\w.-]{1,64}_[\w-]{36}\.wav$/);
    expect((await stat(join(folder, fetched[0] ?? ''))).size).toBe(AUDIO.length);
  },
);

it('resumes a file whose connection breaks, within a run and in the next one', async () => {
  const { simulator, recordings, pull, files, read } = await startPulled('recorded-sales');
  const name = nameOf('sales', recordings[0]?.sid);
  const isAudio = ({ path }: { path: string }) => path.endsWith(String(recordings[0]?.sid));
  let cuts = 0;
  // Each answer breaks off after 1000 bytes, and the later ones of the first run are reset.
  simulator.onRequest = (request, handle) => {
    if (!isAudio(request)) return handle();
    cuts += 1;
    return cuts > 3 ? 'reset' : { ...handle(), cut: { bytes: 1000, ending: 'close' } };
  };
  const { failed } = await pull();
  expect(failed).toEqual([expect.stringMatching(/_sales_.*\.wav: The connection broke: .+\.$/)]);
  expect(await files()).toEqual([`${name}.wav.part`]);
  expect((await read(`${name}.wav.part`)).equals(AUDIO.subarray(0, 3000))).toBe(true);

  const lengths: number[] = [];
  simulator.onRequest = (request, handle) => {
    const response = handle();
    if (isAudio(request) && response.body instanceof Uint8Array) lengths.push(response.body.length);
    return response;
  };
  expect((await pull()).fetched).toEqual([`${name}.wav`]);
  expect(lengths).toEqual([AUDIO.length - 3000]);
  expect((await read(`${name}.wav`)).equals(AUDIO)).toBe(true);
  expect(await files()).toEqual([`${name}.json`, `${name}.wav`]);
});

it('brings everything home although the space resets, refuses and fails', async () => {
  const { simulator, pull, files, read } = await startPulled('recorded-a', 'recorded-b', 'recorded-c');
  Object.assign(simulator.faults, { reset: 0.3, unavailable: 0.1, tooMany: 0.1, retryAfter: 0 });
  // As cron would, run by run.
  await eventually(async () => {
    await pull().catch(() => {});
    expect((await files()).filter((file) => file.endsWith('.wav'))).toHaveLength(3);
  });
  for (const file of await files()) {
    if (file.endsWith('.wav')) expect((await read(file)).equals(AUDIO)).toBe(true);
  }
});

it('goes on with the others after a file that fails, and keeps no empty part', async () => {
  const { simulator, recordings, pull, files } = await startPulled('recorded-a', 'recorded-b');
  simulator.onRequest = (request, handle) =>
    request.path.endsWith(String(recordings[1]?.sid)) ? { status: 404, body: '' } : handle();
  const { fetched, failed } = await pull();
  expect(failed).toEqual([`${nameOf('b', recordings[1]?.sid)}.wav: SignalWire has no audio at its address (404).`]);
  expect(fetched).toEqual([`${nameOf('a', recordings[0]?.sid)}.wav`]);
  expect(await files()).toHaveLength(2);
});

it('stops when it is aborted, and leaves what has come for the next run', async () => {
  const { simulator, recordings, pull, files, read } = await startPulled('recorded-sales');
  const name = nameOf('sales', recordings[0]?.sid);
  const before = simulator.onRequest;
  simulator.onRequest = (request, handle) =>
    request.path.endsWith(String(recordings[0]?.sid))
      ? { ...handle(), cut: { bytes: 5000, ending: 'hang' } }
      : handle();
  const interruption = new AbortController();
  const interrupted = pull({ signal: interruption.signal });
  await eventually(async () => {
    const [part = ''] = await files();
    expect((await read(part)).length).toBe(5000);
  });
  // Another run leaves the file to this one.
  expect(await pull()).toMatchObject({ fetched: [], taken: [`${name}.wav`] });
  interruption.abort();
  await expect(interrupted).rejects.toMatchObject({ name: 'AbortError' });
  expect(await files()).toEqual([`${name}.wav.part`]);
  simulator.onRequest = before;
  expect((await pull()).fetched).toEqual([`${name}.wav`]);
  expect((await read(`${name}.wav`)).equals(AUDIO)).toBe(true);
});

it('two runs at once corrupt nothing', async () => {
  const { pull, files, read } = await startPulled('recorded-a', 'recorded-b', 'recorded-c');
  const runs = await Promise.all([pull(), pull(), pull()]);
  expect(runs.flatMap(({ failed }) => failed)).toEqual([]);
  expect(await files()).toHaveLength(6);
  for (const file of await files()) {
    if (file.endsWith('.wav')) expect((await read(file)).equals(AUDIO)).toBe(true);
  }
});

it('writes the story beside the audio, later if need be, and never loses one', async () => {
  const { recordings, folder, pull, readJson } = await startPulled('recorded-sales');
  const sid = String(recordings[0]?.sid);
  const json = `${nameOf('sales', sid)}.json`;
  const story = { recordingSid: sid, spans: [{ state: 'in-progress' }] };
  const stories = { bySid: new Map([[sid, story]]), whyMissing: 'Too old.' };
  await pull();
  expect(await readJson(json)).toMatchObject({ story: null, whyNoStory: 'Nobody asked.' });
  expect((await pull({ stories })).fetched).toEqual([]);
  expect(await readJson(json)).toMatchObject({ sid, story, whyNoStory: null });
  await pull();
  expect(await readJson(json)).toMatchObject({ story });
  // The audio is fetched again, but the story stays.
  await rm(join(folder, json.replace('.json', '.wav')));
  expect((await pull()).fetched).toHaveLength(1);
  expect(await readJson(json)).toMatchObject({ story });
  // A file of somebody else's stays, too.
  await writeFile(join(folder, json), 'mine');
  await pull({ stories });
  expect(await readFile(join(folder, json), 'utf8')).toBe('mine');
});
