import { expect } from 'vitest';
import type { Call, Conference, Recording } from '../../src/simulator/model/resources.js';
import { addRecording, setRecording } from '../support/space-state.js';
import type { Stage } from './stage.js';

// The beginnings and the steps that many scenes have in common.

/** Puts two people into a recorded conference, and waits until the service has settled. */
export async function givenTwoPeople(stage: Stage): Promise<{ first: Call; second: Call }> {
  const first = await stage.callIn();
  const second = await stage.callIn();
  await stage.run(20_000);
  return { first, second };
}

/** Puts two people into a conference and lets one leave, so that the recording is paused. Resolves with the one who stays. */
export async function givenOnePerson(stage: Stage): Promise<Call> {
  const { first, second } = await givenTwoPeople(stage);
  stage.model.endCall(second);
  await stage.run(20_000);
  expect(stage.isRecorded()).toBe(false);
  return first;
}

/** Sends a callback that names the only conference, and reports nothing: only a hint to read it. */
export function sendHint(stage: Stage, parameters: Record<string, string> = {}): void {
  stage.copy?.receive({
    url: '',
    method: 'POST',
    parameters: { ConferenceSid: stage.conference().sid, ...parameters },
  });
}

/** The newest recording of the only conference. */
export function newestRecording(stage: Stage): Recording {
  return stage.conference().recordings[0] ?? expect.fail('There is no recording.');
}

/** Starts another recording of the only conference, as somebody else would. */
export function startAnother(stage: Stage): Recording {
  return addRecording(stage, stage.conference());
}

/** Stops every recording of a conference, as somebody else would. */
export function stopRecordings(stage: Stage, { recordings }: Conference): void {
  for (const recording of recordings) setRecording(stage, recording, 'stopped');
}
