import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type PullOptions, pullRecordings } from '../../src/recordings/pull.js';
import type { Stories } from '../../src/recordings/story-file.js';
import { createWav } from '../../src/simulator/model/wav.js';
import { finishRecording, temporaryFolder } from './finished-recordings.js';
import { serveLaml } from './serve-laml.js';
import { kindOf, settingsFor, spaceOf } from './service-beside-simulator.js';
import { startSpace } from './simulated-space.js';

const NO_STORIES: Stories = { bySid: new Map(), whyMissing: 'Nobody asked.' };

/** A simulator with finished recordings of two seconds in these conferences, an empty folder, and a pull into it. */
export async function startPulled(...conferences: string[]) {
  const { simulator } = await startSpace();
  const webhook = await serveLaml();
  const finish = async (name: string) => (await finishRecording(simulator, webhook, name, { seconds: 2 })).recording;
  const recordings = [];
  for (const name of conferences) recordings.push(await finish(name));
  const settings = settingsFor(simulator);
  const folder = join(await temporaryFolder(), 'new');
  const requests: string[] = [];
  simulator.events.on('request', (request) => requests.push(kindOf(request)));

  /** Pulls once, and resolves with what was reported and requested. */
  async function pull(changes: Partial<PullOptions> = {}) {
    requests.length = 0;
    const fetched: string[] = [];
    const failed: string[] = [];
    await pullRecordings(spaceOf(settings), folder, {
      settings,
      since: undefined,
      stories: NO_STORIES,
      signal: new AbortController().signal,
      waitsMs: [1, 1, 1, 1, 1],
      silenceMs: 2000,
      reporter: {
        onListed: () => {},
        onProgress: () => {},
        onFetched: (file) => fetched.push(file),
        onFailed: (file, reason, kept) => failed.push(`${file}: ${reason} (${kept})`),
      },
      ...changes,
    });
    return { fetched, failed, requests: [...requests] };
  }
  const files = async () => (await readdir(folder)).toSorted();
  const read = (name: string) => readFile(join(folder, name));
  const readJson = async (name: string) => JSON.parse((await read(name)).toString());
  return { simulator, recordings, finish, folder, pull, files, read, readJson };
}

/** The audio of each recording. */
export const AUDIO = createWav(44 + 2 * 8000 * 2);

/** The name of a recording's files, without the extension. */
export const nameOf = (room: string, sid?: string) => `2026-11-24T12-00-21Z_${room}_${sid}`;
