import { describe, expect, it } from 'vitest';
import { activeParticipants, type Call } from '../../src/simulator/model/resources.js';
import { linesFrom } from '../support/log.js';
import { givenTwoPeople } from './scenes.js';
import { onStage, type Stage } from './stage.js';

// With COUNT_HELD=false, putting somebody on hold pauses the recording of two.

const options = { countHeld: false };

function setHold(stage: Stage, call: Call, hold: boolean): void {
  const conference = stage.conference();
  const participant =
    activeParticipants(conference).find((one) => one.call === call) ?? expect.fail('They are not in.');
  stage.model.updateParticipant(conference, participant, { hold });
}

/** Two people, of whom one is on hold. */
async function givenOneHeld(stage: Stage): Promise<{ first: Call; second: Call }> {
  const people = await givenTwoPeople(stage);
  setHold(stage, people.second, true);
  await stage.run(20_000);
  return people;
}

describe('somebody who is put on hold', () => {
  it('no longer counts, and counts again at once when the hold is over', () =>
    onStage(options, async (stage) => {
      const { second } = await givenTwoPeople(stage);
      setHold(stage, second, true);
      await stage.run(400);
      expect(stage.isRecorded()).toBe(false);
      await stage.run(20_000);
      expect(stage.isRecorded()).toBe(false);
      setHold(stage, second, false);
      // The callback, and the resume without a read before it.
      await stage.run(20 + 60);
      expect(stage.isRecorded()).toBe(true);
      await stage.run(60_000);
      expect(stage.isRecorded()).toBe(true);
      expect(stage.writes()).toBe(2);
    }));

  it('counts as before if COUNT_HELD is true', () =>
    onStage({}, async (stage) => {
      await givenOneHeld(stage);
      await stage.run(60_000);
      expect(stage.isRecorded()).toBe(true);
      expect(stage.writes()).toBe(0);
    }));

  it('counts as before even if a callback says so, as another first caller may have asked for it', () =>
    onStage({}, async (stage) => {
      const { second } = await givenTwoPeople(stage);
      const parameters = {
        ConferenceSid: stage.conference().sid,
        CallSid: second.sid,
        Timestamp: new Date(Date.now()).toUTCString(),
      };
      stage.copy?.receive({
        url: '',
        method: 'POST',
        parameters: { ...parameters, StatusCallbackEvent: 'participant-hold' },
      });
      await stage.run(60_000);
      expect(stage.isRecorded()).toBe(true);
      expect(stage.writes()).toBe(0);
    }));

  it.each([true, false])('is noticed within an interval if the callback is lost: hold %s', (hold) =>
    onStage(options, async (stage) => {
      const { second } = hold ? await givenTwoPeople(stage) : await givenOneHeld(stage);
      stage.onCallback = () => {};
      setHold(stage, second, hold);
      await stage.run(31_000);
      expect(stage.isRecorded()).toBe(!hold);
    }),
  );

  it.each([1500, 3000, 10_000])('is believed to be on hold while the list lags by %i ms', (listLagMs) =>
    onStage({ ...options, traits: { listLagMs } }, async (stage) => {
      await givenOneHeld(stage);
      expect(stage.isRecorded()).toBe(false);
      expect(stage.writes()).toBe(1);
    }),
  );

  it('is not taken off hold by a callback that arrives again', () =>
    onStage(options, async (stage) => {
      await stage.callIn('sales');
      stage.onCallback = (_callback, deliver) => {
        for (const ms of [20, 4000, 7000]) void stage.clock.wait(ms).then(deliver);
      };
      const second = await stage.callIn('sales');
      await stage.run(1000);
      setHold(stage, second, true);
      let recordedMs = 0;
      for (let ms = 0; ms < 30_000; ms += 100) {
        await stage.run(100);
        if (stage.isRecorded()) recordedMs += 100;
      }
      expect(recordedMs).toBeLessThan(500);
    }));

  it('does not count while only coaching, from the first moment', () =>
    onStage(options, async (stage) => {
      await givenOneHeld(stage);
      const call = stage.model.addCall('+15550200009', '+15550100000', 'inbound');
      stage.model.setCallStatus(call, 'in-progress');
      const { laml, participants } = stage.conference();
      stage.model.join(call, { ...laml, coach: participants[0]?.call.sid });
      await stage.run(1000);
      expect(stage.isRecorded()).toBe(false);
      await stage.run(20_000);
      expect(stage.isRecorded()).toBe(false);
    }));

  it('is still in: the conference goes on even if everybody is on hold, and callers without a room join it', () =>
    onStage(options, async (stage) => {
      const { first } = await givenOneHeld(stage);
      setHold(stage, first, true);
      stage.refusalOf = ({ operation }) =>
        operation === 'participants' || operation === 'conference' ? 404 : undefined;
      await stage.run(120_000);
      stage.refusalOf = () => undefined;
      const third = await stage.callIn();
      await stage.run(31_000);
      expect(activeParticipants(stage.conference()).map(({ call }) => call)).toContain(third);
      expect(stage.history.finished()).toEqual([]);
    }));

  it('is mentioned where the recording is wrong', () =>
    onStage(options, async (stage) => {
      const { second } = await givenTwoPeople(stage);
      stage.refusalOf = ({ method }) => (method === 'POST' ? 422 : undefined);
      setHold(stage, second, true);
      await stage.run(60_000);
      const [problem] = stage.problems.current();
      expect(problem?.sentence).toContain('although only one person is in, besides 1 on hold or coaching:');
    }));

  it('and a coach, whom no callback reports, are the same to the log', () =>
    onStage(options, async (stage) => {
      const { second } = await givenTwoPeople(stage);
      const participant = activeParticipants(stage.conference()).find(({ call }) => call === second) ?? expect.fail();
      participant.laml = { ...participant.laml, coach: 'somebody' };
      await stage.run(31_000);
      expect(stage.isRecorded()).toBe(false);
      const found = linesFrom('info', stage.log).filter(({ callSid }) => callSid === second.sid.toLowerCase());
      expect(found.at(-1)?.msg).toBe('participant found on hold or coaching');
    }));

  it('is told apart in the log and in the history from somebody who has left', () =>
    onStage(options, async (stage) => {
      const { second } = await givenOneHeld(stage);
      setHold(stage, second, false);
      await stage.run(1000);
      setHold(stage, second, true);
      await stage.run(1000);
      stage.onCallback = () => {};
      setHold(stage, second, false);
      await stage.run(60_000);
      stage.onCallback = (_callback, deliver) => void stage.clock.wait(20).then(deliver);
      setHold(stage, second, true);
      await stage.run(5000);
      stage.model.endCall(second);
      await stage.run(1000);
      const logged = linesFrom('info', stage.log).filter(({ msg }) => msg.startsWith('participant'));
      expect(logged.map(({ msg }) => msg.slice('participant '.length)).slice(2)).toEqual([
        'put on hold',
        'taken off hold',
        'put on hold',
        'found present',
        'put on hold',
        'left',
      ]);
      const events = stage.history.live()[0]?.events.filter(({ callSid }) => callSid === second.sid) ?? [];
      expect(events.map(({ what, people }) => [what, people])).toEqual([
        ['joined', 2],
        ['held', 1],
        ['unheld', 2],
        ['held', 1],
        ['unheld', 2],
        ['held', 1],
        ['left', 1],
      ]);
    }));
});
