import { describe, expect, it } from 'vitest';
import { recordingLines } from '../support/log.js';
import { givenOnePerson, givenTwoPeople } from './scenes.js';
import { onStage, type Stage } from './stage.js';

// How late callbacks are, by their own Timestamps, and where that shows.

/** From now on, callbacks about participants arrive 4 s late. The others are on time. */
function delayParticipants(stage: Stage): void {
  stage.onCallback = ({ parameters }, deliver) => {
    const isParticipant = parameters.StatusCallbackEvent?.startsWith('participant') ?? false;
    void stage.clock.wait(isParticipant ? 4020 : 20).then(deliver);
  };
}

/** Two people, of whom one leaves. The callback that says so is 4 s late. Resolves with the time of the leave (ms since 1970). */
async function givenLateLeave(stage: Stage): Promise<number> {
  const { second } = await givenTwoPeople(stage);
  delayParticipants(stage);
  const leftAt = Date.now();
  stage.model.endCall(second);
  await stage.run(10_000);
  return leftAt;
}

describe('a callback that is late', () => {
  it('is measured, and the change that it caused is measured from the event', () =>
    onStage({}, async (stage) => {
      await givenLateLeave(stage);
      expect(await stage.metrics()).toMatchObject({
        'callback_delay_seconds_count{event="leave"}': 1,
        'callback_delay_seconds_bucket{le="3",event="leave"}': 0,
        'callback_delay_seconds_bucket{le="5",event="leave"}': 1,
        // From the event, and the part that is ours.
        'reaction_seconds_bucket{le="2.5",action="pause"}': 0,
        'reaction_seconds_bucket{le="5",action="pause"}': 1,
        'handling_seconds_bucket{le="0.25",action="pause"}': 1,
      });
    }));

  it('is in the log of the change that it caused', () =>
    onStage({}, async (stage) => {
      await givenLateLeave(stage);
      const { callbackDelayMs, ...line } = recordingLines(stage.log).at(-1) ?? expect.fail('There is no line.');
      expect(line).toMatchObject({ msg: 'recording paused', because: 'leave', msSinceCallback: 200 });
      expect(callbackDelayMs).toBeGreaterThan(3000);
      expect(callbackDelayMs).toBeLessThan(5100);
    }));

  it('is shown when the event happened, and not when the callback came', () =>
    onStage({}, async (stage) => {
      const leftAt = await givenLateLeave(stage);
      const left = stage.history.live()[0]?.events.find(({ what }) => what === 'left');
      expect(Math.abs((left?.at ?? 0) - leftAt)).toBeLessThanOrEqual(1000);
    }));

  it('does not disturb the order of what is shown', () =>
    onStage({}, async (stage) => {
      await givenOnePerson(stage);
      delayParticipants(stage);
      const third = await stage.callIn();
      await stage.run(1000);
      // This callback overtakes the one about the third caller.
      stage.onCallback = (_callback, deliver) => void stage.clock.wait(20).then(deliver);
      await stage.callIn();
      await stage.run(10_000);
      stage.model.endCall(third);
      await stage.run(1000);
      const events = stage.history.live()[0]?.events ?? [];
      expect(events.map(({ at }) => at)).toEqual(events.map(({ at }) => at).sort((a, b) => a - b));
      expect(events.map(({ people }) => people)).toEqual([0, 1, 2, 2, 1, 1, 2, 2, 3, 2]);
    }));
});

describe('a callback that is on time', () => {
  it('has no delay: less than a second cannot be told from none', () =>
    onStage({}, async (stage) => {
      await givenOnePerson(stage);
      expect(await stage.metrics()).toMatchObject({
        'callback_delay_seconds_count{event="join"}': 2,
        'callback_delay_seconds_sum{event="join"}': 0,
      });
      expect(recordingLines(stage.log).at(-1)).toMatchObject({ msg: 'recording paused', callbackDelayMs: 0 });
    }));

  it('is not measured if its Timestamp has a wrong zone', () =>
    onStage({ traits: { timestamp: 'local' } }, async (stage) => {
      await givenOnePerson(stage);
      expect(await stage.metrics()).toMatchObject({ 'callback_delay_seconds_count{event="join"}': 0 });
    }));

  it('is not measured if it has no Timestamp', () =>
    onStage({ traits: { timestamp: 'absent' } }, async (stage) => {
      await givenOnePerson(stage);
      expect(await stage.metrics()).toMatchObject({
        'callback_delay_seconds_count{event="join"}': 0,
        'reaction_seconds_count{action="pause"}': 1,
      });
      expect(recordingLines(stage.log).at(-1)).not.toHaveProperty('callbackDelayMs');
    }));
});
