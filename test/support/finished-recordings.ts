import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Conference, Recording } from '../../src/simulator/model/resources.js';
import type { Simulator } from '../../src/simulator/simulator.js';

/**
 * Holds a conference of two people that is recorded.
 *
 * @param url where a voice webhook puts its callers into the conference
 * @param isEnded whether everybody hangs up
 */
export async function holdConference(
  simulator: Simulator,
  url: string,
  isEnded = true,
): Promise<{ conference: Conference; recording: Recording }> {
  const calls = [await simulator.call({ url }), await simulator.call({ url })];
  const conference = simulator
    .conferences()
    .find(({ participants }) => participants.some(({ call }) => calls.includes(call)));
  const [recording] = conference?.recordings ?? [];
  if (!conference || !recording) throw new Error('Nothing is recorded.');
  if (isEnded) for (const call of calls) simulator.hangUp(call);
  return { conference, recording };
}

/**
 * Holds a conference that is recorded, and gives the recording a length and a time.
 *
 * @param webhook the URL of `serveLaml`
 * @param name of the conference, written as XML
 * @param createdAt ms since 1970
 */
export async function finishRecording(
  simulator: Simulator,
  webhook: string,
  name: string,
  { seconds = 1, createdAt = Date.UTC(2026, 10, 24, 12, 0, 21) } = {},
): Promise<{ conference: Conference; recording: Recording }> {
  const held = await holdConference(simulator, webhook + encodeURIComponent(name));
  held.recording.audioMs = seconds * 1000;
  held.recording.createdAt = held.conference.createdAt = createdAt;
  return held;
}

/** Creates a folder that is removed when the test is over. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'recordings-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}
