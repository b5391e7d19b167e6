import { expect } from 'vitest';
import type { Webhook } from '../../src/simulator/model/callbacks.js';
import type { Call, Conference, Recording } from '../../src/simulator/model/resources.js';
import { addRecording, setRecording } from '../support/space-state.js';
import type { Stage } from './stage.js';

// What many scenes begin with, or have happen.

/** What a callback tells of. */
export const eventOf = ({ parameters }: Webhook) => parameters.StatusCallbackEvent ?? parameters.RecordingStatus ?? '';

/** Two are in a recorded conference, and all that follows from it is over. */
export async function twoAreIn(stage: Stage): Promise<{ first: Call; second: Call }> {
  const first = await stage.callIn();
  const second = await stage.callIn();
  await stage.run(20_000);
  return { first, second };
}

/** Two are in, one has left again, and the recording is paused. Resolves with the one who stayed. */
export async function oneIsLeft(stage: Stage): Promise<Call> {
  const { first, second } = await twoAreIn(stage);
  stage.model.endCall(second);
  await stage.run(20_000);
  expect(stage.isRecorded()).toBe(false);
  return first;
}

/** A callback on the only conference, with which nobody comes or goes: a reason to read it. */
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

/** Somebody else starts another recording of the only conference. */
export function startAnother(stage: Stage): Recording {
  return addRecording(stage, stage.conference());
}

/** Somebody else stops every recording of a conference. */
export function stopRecordings(stage: Stage, { recordings }: Conference): void {
  for (const recording of recordings) setRecording(stage, recording, 'stopped');
}
