import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { fileErrorCode } from './file-error.js';
import type { FinishedRecording } from './list-recordings.js';

/** The stories that the service's feed has. */
export interface Stories {
  /** By the recording's SID in lower case. In the form of `RecordingStory`. */
  bySid: ReadonlyMap<string, object>;
  /** Why a recording that isn't among them has no story here, as a sentence. */
  whyMissing: string;
}

const storyFile = z.object({ story: z.looseObject({}).nullable() });

type State = 'missing' | 'without story' | 'with story' | 'not ours';

/**
 * Writes what is known of a recording, and its story, as JSON. The folder must be locked. Leaves a file alone that has a story, that no story can be added
 * to, or that something else wrote.
 */
export async function writeStoryFile(path: string, recording: FinishedRecording, stories: Stories): Promise<void> {
  const story = stories.bySid.get(recording.sid.toLowerCase()) ?? null;
  const state = await stateOf(path);
  if (state !== 'missing' && !(state === 'without story' && story)) return;
  const { createdAt, seconds, ...known } = recording;
  const text = {
    ...known,
    createdAt: isoTime(createdAt),
    seconds: seconds ?? null,
    story,
    whyNoStory: story ? null : stories.whyMissing,
  };
  const unfinished = `${path}.tmp`;
  try {
    await writeFile(unfinished, `${JSON.stringify(text, null, 2)}\n`);
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** Whether `writeStoryFile` would write the file if it had a story. */
export async function lacksStory(path: string): Promise<boolean> {
  return ['missing', 'without story'].includes(await stateOf(path));
}

/** A time in ISO 8601. @param ms since 1970; 0 if it isn't known */
export function isoTime(ms: number): string | null {
  return ms === 0 ? null : new Date(ms).toISOString();
}

async function stateOf(path: string): Promise<State> {
  try {
    const { story } = storyFile.parse(JSON.parse(await readFile(path, 'utf8')));
    return story ? 'with story' : 'without story';
  } catch (error) {
    return fileErrorCode(error) === 'ENOENT' ? 'missing' : 'not ours';
  }
}
