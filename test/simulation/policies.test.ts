import { describe, expect, it } from 'vitest';
import type { RecordingPolicy } from '../../src/recording/recording-policy.js';
import { activeParticipants, type Call, type Conference, isRunning } from '../../src/simulator/model/resources.js';
import { onStage, type Stage } from './stage.js';

// A conference's name determines its recording policy. Two rooms are in use at the same time, and their policies differ.

const DEFAULT: RecordingPolicy = { minParticipants: 2, pauseBehavior: 'skip', countHeld: true };

/** Plays a scene in which the room `panel` has a policy of its own. */
function onStageWithPanel(panel: Partial<RecordingPolicy>, play: (stage: Stage) => Promise<void>): Promise<void> {
  const policyFor = (name: string | undefined) => (name === 'recorded-panel' ? { ...DEFAULT, ...panel } : DEFAULT);
  return onStage({ policyFor }, play);
}

function conferenceIn(stage: Stage, room: string): Conference {
  const conferences = [...stage.model.conferences.values()];
  return conferences.find(({ name }) => name === `recorded-${room}`) ?? expect.fail(`Nobody called ${room}.`);
}

const isRecorded = (stage: Stage, room: string) => conferenceIn(stage, room).recordings.some(isRunning);

/** Two people call each room. Resolves with the second caller of each. */
async function givenTwoRooms(stage: Stage): Promise<{ sales: Call; panel: Call }> {
  const seconds: Call[] = [];
  for (const room of ['sales', 'panel']) {
    await stage.callIn(room);
    seconds.push(await stage.callIn(room));
  }
  await stage.run(20_000);
  const [sales = expect.fail(), panel = expect.fail()] = seconds;
  return { sales, panel };
}

function putOnHold(stage: Stage, room: string, call: Call): void {
  const conference = conferenceIn(stage, room);
  const participant = activeParticipants(conference).find((one) => one.call === call) ?? expect.fail();
  stage.model.updateParticipant(conference, participant, { hold: true });
}

describe('the policy of a conference', () => {
  it('says how many people are needed', () =>
    onStageWithPanel({ minParticipants: 3 }, async (stage) => {
      await givenTwoRooms(stage);
      expect(['sales', 'panel'].map((room) => isRecorded(stage, room))).toEqual([true, false]);
      await stage.callIn('panel');
      await stage.run(75);
      expect(isRecorded(stage, 'panel')).toBe(true);
    }));

  it('says who counts', () =>
    onStageWithPanel({ countHeld: false }, async (stage) => {
      const { sales, panel } = await givenTwoRooms(stage);
      expect(['sales', 'panel'].map((room) => isRecorded(stage, room))).toEqual([true, true]);
      putOnHold(stage, 'sales', sales);
      putOnHold(stage, 'panel', panel);
      await stage.run(31_000);
      expect(['sales', 'panel'].map((room) => isRecorded(stage, room))).toEqual([true, false]);
    }));

  it('says what a pause leaves in the recording', () =>
    onStageWithPanel({ pauseBehavior: 'silence' }, async (stage) => {
      for (const call of Object.values(await givenTwoRooms(stage))) stage.model.endCall(call);
      await stage.run(1000);
      const pauses = stage.requests.filter(({ operation }) => operation === 'recording paused');
      const behaviors = new Map(pauses.map(({ sid, pauseBehavior }) => [sid, pauseBehavior]));
      expect(pauses).toHaveLength(2);
      expect(behaviors.get(conferenceIn(stage, 'sales').sid)).toBe('skip');
      expect(behaviors.get(conferenceIn(stage, 'panel').sid)).toBe('silence');
    }));
});
