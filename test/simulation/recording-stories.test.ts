import { describe, expect, it } from 'vitest';
import type { RecordingStory } from '../../src/recorder-events.js';
import type { PauseBehavior } from '../../src/signalwire/space.js';
import { setRecording } from '../support/space-state.js';
import { givenOnePerson, givenTwoPeople, newestRecording, sendHint } from './scenes.js';
import { onStage, type Stage } from './stage.js';

// What became of each recording, as the feed has it and the log tells it.

const stories = (stage: Stage): RecordingStory[] => stage.history.finished().flatMap((timeline) => timeline.stories);
const storyLines = (stage: Stage) => stage.log.filter(({ msg }) => /^recording (completed|over|ended)/.test(msg));
const policyOf = (pauseBehavior: PauseBehavior) => () => ({ minParticipants: 2, pauseBehavior, countHeld: true });

/** Two people for 20 s, one of them for 20 s, two again for 20 s. Resolves when everything has been reported. */
async function playConference(stage: Stage): Promise<void> {
  const first = await givenOnePerson(stage);
  const third = await stage.callIn();
  await stage.run(20_000);
  stage.model.endCall(first);
  await stage.run(50);
  stage.model.endCall(third);
  await stage.run(120_000);
}

const near = (seconds: number) => expect.closeTo(seconds, 0);

describe('the story of a recording', () => {
  it.each([
    { pauseBehavior: 'skip', offsets: [0, 20, 20] },
    { pauseBehavior: 'silence', offsets: [0, 20, 40] },
  ] as const)('says where in the file each moment is: $pauseBehavior', ({ pauseBehavior, offsets }) =>
    onStage({ policyFor: policyOf(pauseBehavior) }, async (stage) => {
      await playConference(stage);
      const [story, ...others] = stories(stage);
      expect(others).toEqual([]);
      const recording = { recordingSid: expect.any(String), url: story?.recordingSid, seconds: expect.any(Number) };
      expect(story).toMatchObject({ ...recording, status: 'completed', unknown: null });
      const [start, pause, resume] = offsets;
      expect(story?.spans).toEqual([
        { at: expect.any(String), offsetSeconds: near(start), state: 'in-progress', people: 2, because: 'start' },
        { at: expect.any(String), offsetSeconds: near(pause), state: 'paused', people: 1, because: 'leave' },
        { at: expect.any(String), offsetSeconds: near(resume), state: 'in-progress', people: 2, because: 'join' },
      ]);
      const [startedAt = 0, pausedAt = 0, resumedAt = 0] = (story?.spans ?? []).map(({ at }) => Date.parse(at) / 1000);
      expect([pausedAt - startedAt, resumedAt - pausedAt]).toEqual([near(20), near(20)]);
    }),
  );

  it('agrees with the length that SignalWire reports', () =>
    onStage({}, async (stage) => {
      await playConference(stage);
      expect(stories(stage)[0]?.seconds).toEqual(near(40));
    }));

  it('begins with the recording even if a read found that before its callback came', () =>
    onStage({}, async (stage) => {
      stage.onCallback = ({ parameters }, deliver) => {
        void stage.clock.wait(parameters.RecordingSid ? 2000 : 20).then(deliver);
      };
      // They call at once, so that the first read finds both of them, and the recording.
      const calls = [stage.callIn('sales'), stage.callIn('sales')];
      await Promise.all(calls);
      await stage.run(20_000);
      for (const call of calls) stage.model.endCall(await call);
      await stage.run(60_000);
      expect(stories(stage)).toMatchObject([{ unknown: null, spans: [{ offsetSeconds: 0, because: 'start' }] }]);
    }));

  it('is one line of the log', () =>
    onStage({}, async (stage) => {
      await playConference(stage);
      const [story] = stories(stage);
      const { recordingSid, seconds, url, spans } = story ?? expect.fail('There is no story.');
      expect(storyLines(stage)).toMatchObject([{ msg: 'recording completed', recordingSid, seconds, url, spans }]);
    }));

  it('says what a new process cannot know', () =>
    onStage({}, async (stage) => {
      const first = await givenOnePerson(stage);
      stage.restart();
      await stage.run(60_000);
      const third = await stage.callIn('any');
      expect(third).toBeDefined();
      stage.model.endCall(first);
      await stage.run(120_000);
      const [story] = stories(stage);
      expect(story).toMatchObject({ status: 'completed', unknown: expect.stringContaining('began before this copy') });
      expect(story?.spans).toMatchObject([{ offsetSeconds: null, state: 'paused', because: 'found by resync' }]);
    }));

  it('is told without its end if no callback reports that, and again when one does', () =>
    onStage({}, async (stage) => {
      await givenOnePerson(stage);
      const conference = stage.conference();
      const { sid } = newestRecording(stage);
      stage.onCallback = ({ parameters }, deliver) => {
        if (!parameters.RecordingSid) void stage.clock.wait(20).then(deliver);
      };
      for (const { call } of conference.participants) stage.model.endCall(call);
      await stage.run(120_000);
      expect(stories(stage)).toMatchObject([{ status: null, url: sid, seconds: null }]);
      expect(stories(stage)[0]?.unknown).toContain('No callback has reported its end');
      stage.copy?.receive({
        url: '',
        method: 'POST',
        parameters: {
          ConferenceSid: conference.sid,
          RecordingSid: sid,
          RecordingStatus: 'completed',
          RecordingDuration: '20',
        },
      });
      expect(stories(stage)).toMatchObject([{ status: 'completed', seconds: 20, unknown: null }]);
      expect(stories(stage)[0]?.spans).toHaveLength(2);
      expect(storyLines(stage)).toHaveLength(2);
    }));

  it('says by how much its spans may be off if somebody else changed the recording', () =>
    onStage({}, async (stage) => {
      const { first, second } = await givenTwoPeople(stage);
      stage.model.updateRecording(stage.conference(), newestRecording(stage), 'paused', 'skip');
      await stage.run(60_000);
      for (const call of [first, second]) stage.model.endCall(call);
      await stage.run(60_000);
      expect(stories(stage)[0]?.unknown).toMatch(/^Its spans add up to \d+ s and its file has \d+ s/);
    }));

  it('does not claim to know the start of a recording that was found late', () =>
    onStage({}, async (stage) => {
      await stage.callIn('sales');
      await stage.run(20_000);
      stage.onCallback = () => {};
      const second = await stage.callIn('sales');
      await stage.run(31_000);
      stage.onCallback = (_callback, deliver) => void stage.clock.wait(20).then(deliver);
      stage.model.endCall(second);
      for (const { call } of stage.conference().participants) stage.model.endCall(call);
      await stage.run(60_000);
      expect(stories(stage)).toMatchObject([{ unknown: expect.stringContaining('began before') }]);
    }));

  it.each([{}, { recordingConferenceSid: false }])(
    'begins with the recording where the API does not know somebody who waits alone: %j',
    (traits) =>
      onStage({ traits: { alone: '404', ...traits } }, async (stage) => {
        stage.onCallback = ({ parameters }, deliver) => {
          void stage.clock.wait(parameters.RecordingSid ? 800 : 20).then(deliver);
        };
        await playConference(stage);
        expect(stories(stage)).toMatchObject([{ unknown: null, spans: [{ offsetSeconds: 0 }, {}, {}] }]);
      }),
  );

  it('goes on if the conference turns out to be alive', () =>
    onStage({}, async (stage) => {
      const { first, second } = await givenTwoPeople(stage);
      sendHint(stage, { StatusCallbackEvent: 'conference-end' });
      await stage.run(60_000);
      stage.model.endCall(second);
      await stage.run(10_000);
      stage.model.endCall(first);
      await stage.run(60_000);
      expect(stories(stage)).toMatchObject([{ status: 'completed' }]);
      expect(stories(stage)[0]?.spans.map(({ state }) => state)).toEqual(['in-progress', 'paused']);
    }));

  it('keeps the latest 200 spans', () =>
    onStage({}, async (stage) => {
      const { first, second } = await givenTwoPeople(stage);
      for (let time = 0; time < 120; time += 1) {
        setRecording(stage, newestRecording(stage), 'paused');
        sendHint(stage);
        await stage.run(3000);
      }
      for (const call of [first, second]) stage.model.endCall(call);
      await stage.run(60_000);
      expect(stories(stage)[0]?.spans).toHaveLength(200);
    }));

  it('has no address if there is no audio', () =>
    onStage({}, async (stage) => {
      await givenTwoPeople(stage);
      sendHint(stage, { RecordingSid: newestRecording(stage).sid, RecordingStatus: 'absent' });
      expect(stage.history.live()[0]?.stories).toMatchObject([{ status: 'absent', url: null }]);
    }));

  it('is told of each recording of a conference', () =>
    onStage({}, async (stage) => {
      await givenOnePerson(stage);
      const { sid } = newestRecording(stage);
      setRecording(stage, newestRecording(stage), 'completed');
      sendHint(stage, { RecordingSid: sid, RecordingStatus: 'completed' });
      await stage.run(1000);
      expect(stage.history.live()[0]?.stories).toMatchObject([{ recordingSid: sid, status: 'completed' }]);
    }));
});
