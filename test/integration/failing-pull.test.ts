import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { expect, it, vi } from 'vitest';
import { FolderInUse, LOCK_NAME } from '../../src/recordings/folder-lock.js';
import { eventually } from '../support/eventually.js';
import { AUDIO, nameOf, startPulled } from '../support/pulled.js';

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
  expect(failed).toEqual([expect.stringMatching(/_sales_.*\.wav: The connection broke: .+\. \(3000\)$/)]);
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
  expect(failed).toEqual([`${nameOf('b', recordings[1]?.sid)}.wav: SignalWire has no audio at its address (404). (0)`]);
  expect(fetched).toEqual([`${nameOf('a', recordings[0]?.sid)}.wav`]);
  expect(await files()).toHaveLength(2);
});

it('stops when it is aborted, and leaves what has come for the next run', async () => {
  const { simulator, recordings, pull, files, read } = await startPulled('recorded-sales');
  const name = nameOf('sales', recordings[0]?.sid);
  const answer = simulator.onRequest;
  simulator.onRequest = (request, handle) =>
    request.path.endsWith(String(recordings[0]?.sid))
      ? { ...handle(), cut: { bytes: 5000, ending: 'hang' } }
      : handle();
  const interruption = new AbortController();
  const interrupted = pull({ signal: interruption.signal });
  await eventually(async () => {
    expect((await read(`${name}.wav.part`)).length).toBe(5000);
  });
  interruption.abort();
  await expect(interrupted).rejects.toMatchObject({ name: 'AbortError' });
  expect(await files()).toEqual([`${name}.wav.part`]);
  simulator.onRequest = answer;
  expect((await pull()).fetched).toEqual([`${name}.wav`]);
  expect((await read(`${name}.wav`)).equals(AUDIO)).toBe(true);
});

it('leaves everything to another run that is fetching into the folder', async () => {
  const { simulator, pull, files } = await startPulled('recorded-a', 'recorded-b');
  const answer = simulator.onRequest;
  let goOn = () => {};
  const isAllowed = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  simulator.onRequest = async (request, handle) => {
    await isAllowed;
    return answer(request, handle);
  };
  const first = pull();
  await eventually(async () => expect(await files()).toEqual([LOCK_NAME]));
  const others = await Promise.allSettled([pull(), pull()]);
  for (const other of others) expect(other).toMatchObject({ status: 'rejected', reason: expect.any(FolderInUse) });
  goOn();
  expect((await first).fetched).toHaveLength(2);
  expect(await files()).toHaveLength(4);
  expect(await files()).not.toContain(LOCK_NAME);
});

it('stops at the file that finds the disk full, says how much there is of it, and goes on when there is room', async () => {
  const { recordings, pull, files, read } = await startPulled('recorded-a', 'recorded-b');
  const { appendFileSync } = fs;
  let room = 5000;
  const full = vi.spyOn(fs, 'appendFileSync').mockImplementation((file, data) => {
    const fitting = Buffer.from(data).subarray(0, room);
    room -= fitting.length;
    appendFileSync(file, fitting);
    if (fitting.length < data.length) {
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
    }
  });
  syncBuiltinESMExports();
  const { fetched, failed } = await pull().finally(() => {
    full.mockRestore();
    syncBuiltinESMExports();
  });
  const names = recordings.map(({ sid }, index) => `${nameOf(['a', 'b'][index] ?? '', sid)}.wav`);
  const [part = '', ...others] = await files();
  expect(others).toEqual([]);
  expect(names).toContain(part.replace('.part', ''));
  expect([fetched, failed]).toEqual([[], [`${part.replace('.part', '')}: The disk is full (ENOSPC). (5000)`]]);
  expect((await read(part)).equals(AUDIO.subarray(0, 5000))).toBe(true);
  expect((await pull()).fetched.toSorted()).toEqual(names.toSorted());
  for (const name of names) expect((await read(name)).equals(AUDIO)).toBe(true);
});

it('gives up after five files in a row whose connection broke', async () => {
  const { simulator, recordings, pull } = await startPulled(...'abcdefg'.split('').map((room) => `recorded-${room}`));
  const answer = simulator.onRequest;
  simulator.onRequest = (request, handle) =>
    recordings.some(({ sid }) => request.path.endsWith(sid)) ? 'reset' : answer(request, handle);
  const { fetched, failed } = await pull({ waitsMs: [] });
  expect([fetched.length, failed.length]).toEqual([0, 5]);
  simulator.onRequest = answer;
  expect((await pull()).fetched).toHaveLength(7);
});
