import promises, { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { AUDIO, nameOf, startPulled } from '../support/pulled.js';

it('fetches what the folder lacks, and nothing the second time', async () => {
  const { simulator, recordings, finish, pull, files, read, readJson } = await startPulled(
    'recorded-sales',
    'other-app',
  );
  const name = nameOf('sales', recordings[0]?.sid);
  expect(await pull()).toMatchObject({ fetched: [`${name}.wav`], failed: [] });
  expect(await files()).toEqual([`${name}.json`, `${name}.wav`]);
  expect((await read(`${name}.wav`)).equals(AUDIO)).toBe(true);
  expect(await readJson(`${name}.json`)).toMatchObject({
    ...{ sid: recordings[0]?.sid, conference: 'recorded-sales', room: 'sales', status: 'completed', seconds: 2 },
    ...{ createdAt: '2026-11-24T12:00:21.000Z', story: null, whyNoStory: 'Nobody asked.' },
  });

  const again = await pull();
  // Only the other application's recording is looked up.
  expect(again).toEqual({ fetched: [], failed: [], requests: ['GET Recordings', 'GET Conferences'] });
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

it('reads the folder once, however many recordings there are', async () => {
  const { pull } = await startPulled('recorded-a', 'recorded-b', 'recorded-c');
  const readdirs = vi.spyOn(promises, 'readdir');
  syncBuiltinESMExports();
  onTestFinished(() => {
    readdirs.mockRestore();
    syncBuiltinESMExports();
  });
  expect((await pull()).fetched).toHaveLength(3);
  expect(readdirs).toHaveBeenCalledTimes(1);
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
