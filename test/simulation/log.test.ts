import { describe, expect, it } from 'vitest';
import { eventNameOf } from '../support/event-name.js';
import { linesFrom, recordingLines } from '../support/log.js';
import { setRecording } from '../support/space-state.js';
import { givenOnePerson, givenTwoPeople, newestRecording, sendHint } from './scenes.js';
import { onStage, type Stage } from './stage.js';

// What the log says about recordings.

const changes = (stage: Stage) => recordingLines(stage.log).map(({ msg }) => msg);

describe('the log', () => {
  it('has one line with a reason for each change of a recording', () =>
    onStage({}, async (stage) => {
      await givenOnePerson(stage);
      await stage.callIn();
      await stage.run(60_000);
      const { sid: conferenceSid, name: conference } = stage.conference();
      const { sid: recordingSid } = newestRecording(stage);
      const about = { conferenceSid, conference, recordingSid };
      expect(recordingLines(stage.log)).toMatchObject([
        { msg: 'recording began', ...about, people: 2, noticedBy: 'recording callback' },
        // The pause takes two round trips, and the resume one.
        { msg: 'recording paused', ...about, people: 1, read: 'in-progress', because: 'leave', msSinceCallback: 200 },
        { msg: 'recording resumed', ...about, people: 2, read: 'paused', because: 'join', msSinceCallback: 100 },
      ]);
    }));

  it('gives a resync as the reason for a change that no callback asked for', () =>
    onStage({}, async (stage) => {
      const { second } = await givenTwoPeople(stage);
      stage.onCallback = () => {};
      stage.model.endCall(second);
      await stage.run(60_000);
      expect(changes(stage)).toEqual(['recording began', 'recording paused']);
      expect(recordingLines(stage.log)[1]).toMatchObject({ because: 'resync', people: 1 });
      expect(recordingLines(stage.log)[1]).not.toHaveProperty('msSinceCallback');
    }));

  it('reports the beginning of a recording only once if its callback arrives twice', () =>
    onStage({}, async (stage) => {
      await givenTwoPeople(stage);
      sendHint(stage, { RecordingSid: newestRecording(stage).sid, RecordingStatus: 'in-progress' });
      await stage.run(60_000);
      expect(changes(stage)).toEqual(['recording began']);
    }));

  it('reports a recording that a new process finds', () =>
    onStage({}, async (stage) => {
      await givenOnePerson(stage);
      stage.restart();
      await stage.run(60_000);
      expect(changes(stage)).toEqual(['recording began', 'recording paused', 'recording found paused']);
    }));

  it('reports what somebody else did to a recording', () =>
    onStage({}, async (stage) => {
      await givenTwoPeople(stage);
      setRecording(stage, newestRecording(stage), 'paused');
      await stage.run(60_000);
      expect(changes(stage)).toEqual(['recording began', 'recording found paused', 'recording resumed']);
      setRecording(stage, newestRecording(stage), 'stopped');
      // Every second resync reads the recording.
      await stage.run(61_000);
      expect(changes(stage).slice(3)).toEqual(['recording found over']);
    }));

  it.each([404, 422])('has no line for a change that SignalWire refuses with %i', (status) =>
    onStage({}, async (stage) => {
      const { second } = await givenTwoPeople(stage);
      stage.refusalOf = ({ method }) => (method === 'POST' ? status : undefined);
      stage.model.endCall(second);
      await stage.run(60_000);
      expect(stage.writes()).toBeGreaterThan(3);
      expect(changes(stage)).toEqual(['recording began']);
    }),
  );

  it('reports how many people were in when a pause was sent', () =>
    onStage({}, async (stage) => {
      const { second } = await givenTwoPeople(stage);
      stage.model.endCall(second);
      // The reads are done, and the pause is in flight.
      await stage.run(125);
      expect(stage.isRecorded()).toBe(true);
      await stage.callIn();
      await stage.run(5000);
      const [, paused, resumed] = recordingLines(stage.log);
      expect(paused).toMatchObject({ msg: 'recording paused', people: 1, because: 'leave' });
      expect(resumed).toMatchObject({ msg: 'recording resumed', people: 2, because: 'join' });
    }));

  it('gives a callback that arrives during a resync as the reason for the change', () =>
    onStage({}, async (stage) => {
      const { second } = await givenTwoPeople(stage);
      stage.requestMs = 2000;
      let hasLeft = false;
      stage.refusalOf = ({ operation }) => {
        // The resync's list has been read, and its answer is in flight.
        if (operation === 'participants' && !hasLeft) setTimeout(() => stage.model.endCall(second), 10);
        hasLeft ||= operation === 'participants';
        return undefined;
      };
      await stage.run(60_000);
      expect(recordingLines(stage.log)[1]).toMatchObject({ msg: 'recording paused', because: 'leave', people: 1 });
    }));

  it('keeps a callback as the reason for a change even if resyncs become due before it succeeds', () =>
    onStage({ resyncIntervalMs: 5000 }, async (stage) => {
      const { second } = await givenTwoPeople(stage);
      stage.refusalOf = ({ operation }) => (operation === 'participants' ? 503 : undefined);
      stage.model.endCall(second);
      await stage.run(30_000);
      stage.refusalOf = () => undefined;
      await stage.run(10_000);
      expect(recordingLines(stage.log)[1]).toMatchObject({ msg: 'recording paused', because: 'leave' });
      expect(recordingLines(stage.log)[1]?.msSinceCallback).toBeGreaterThan(29_000);
    }));

  it('reports the beginning of a recording even if its callback is lost', () =>
    onStage({}, async (stage) => {
      stage.onCallback = (callback, deliver) => {
        if (eventNameOf(callback) !== 'in-progress') void stage.clock.wait(20).then(deliver);
      };
      await givenTwoPeople(stage);
      expect(changes(stage)).toEqual(['recording began']);
    }));
});

/** What `grep NAME` prints: the messages above debug with that name in them. */
const story = (stage: Stage, name: string) =>
  linesFrom('info', stage.log)
    .filter((line) => JSON.stringify(line).includes(name))
    .map(({ msg }) => msg);

const STORY = [
  'participant joined',
  'participant joined',
  'recording began',
  'participant left',
  'recording paused',
  'participant joined',
  'recording resumed',
  'participant left',
  'participant left',
  'the conference is over',
  'recording completed',
];

/** Plays a conference from the first call until everything about it has been reported. Resolves with its name. */
async function playConference(stage: Stage): Promise<string> {
  const first = await givenOnePerson(stage);
  const { name } = stage.conference();
  const third = await stage.callIn();
  await stage.run(20_000);
  stage.model.endCall(first);
  await stage.run(50);
  stage.model.endCall(third);
  await stage.run(180_000);
  return name;
}

describe('the lines with the name of a conference', () => {
  it('tell its whole story, in order', () =>
    onStage({}, async (stage) => {
      const name = await playConference(stage);
      expect(story(stage, name)).toEqual(STORY);
      expect(stage.log.filter((line) => 'conferenceSid' in line && line.conference !== name)).toEqual([]);
    }));

  it('tell it even if callbacks have neither a FriendlyName nor the ConferenceSid of a recording', () =>
    onStage({ traits: { friendlyName: false, recordingConferenceSid: false } }, async (stage) => {
      const name = await playConference(stage);
      expect(story(stage, name)).toEqual(STORY);
    }));

  it.each([20, 300, 90_000])('tell each thing once if every callback arrives again %i ms later', (ms) =>
    onStage({}, async (stage) => {
      stage.onCallback = (_callback, deliver) => {
        void stage.clock.wait(20).then(deliver);
        void stage.clock.wait(20 + ms).then(deliver);
      };
      const name = await playConference(stage);
      expect(story(stage, name)).toEqual(STORY);
    }),
  );

  it('tell a change that was only found, and what noticed it', () =>
    onStage({}, async (stage) => {
      stage.onCallback = () => {};
      const first = await stage.callIn('sales');
      const second = await stage.callIn('sales');
      await stage.run(60_000);
      stage.model.endCall(second);
      await stage.run(60_000);
      stage.model.endCall(first);
      await stage.run(180_000);
      const lines = linesFrom('info', stage.log).filter(({ conference }) => conference === 'recorded-sales');
      expect(lines.map(({ msg, noticedBy, because }) => [msg, noticedBy, because])).toEqual([
        ['conference found', 'discovery', undefined],
        ['participant found present', 'resync', undefined],
        ['participant found present', 'resync', undefined],
        ['recording found in-progress', 'resync', undefined],
        ['participant found gone', 'resync', undefined],
        ['recording paused', undefined, 'resync'],
        ['the conference is over', undefined, undefined],
        ['recording over, but no callback has reported its end', undefined, undefined],
      ]);
    }));

  it('go on in a new process', () =>
    onStage({}, async (stage) => {
      await givenOnePerson(stage);
      const { name } = stage.conference();
      const before = story(stage, name).length;
      stage.restart();
      await stage.run(60_000);
      expect(story(stage, name).slice(before)).toEqual([
        'conference found',
        'participant found present',
        'recording found paused',
      ]);
    }));

  it('do not tell that a recording was found over after its own callback', () =>
    onStage({}, async (stage) => {
      await givenTwoPeople(stage);
      const { name } = stage.conference();
      setRecording(stage, newestRecording(stage), 'completed');
      sendHint(stage, { RecordingSid: newestRecording(stage).sid, RecordingStatus: 'completed' });
      await stage.run(60_000);
      expect(story(stage, name)).toEqual([
        ...STORY.slice(0, 3),
        'recording completed',
        expect.stringContaining('wrong recording'),
      ]);
    }));

  it('tell that a recording has no audio', () =>
    onStage({}, async (stage) => {
      await givenTwoPeople(stage);
      const { sid: RecordingSid } = newestRecording(stage);
      for (const RecordingStatus of ['absent', 'absent', 'failed']) {
        sendHint(stage, { RecordingSid, RecordingStatus });
        await stage.run(1000);
      }
      const { name: conference } = stage.conference();
      const line = { level: 'warn', msg: 'recording ended without audio', conference, recordingSid: RecordingSid };
      expect(linesFrom('warn', stage.log)).toMatchObject([
        { ...line, status: 'absent' },
        { ...line, status: 'failed' },
      ]);
    }));

  it('include failed requests and refusals', () =>
    onStage({ traits: { friendlyName: false } }, async (stage) => {
      stage.onCallback = () => {};
      stage.refusalOf = ({ operation }) => (operation === 'participants' ? 503 : undefined);
      await stage.callIn('sales');
      await stage.callIn('sales');
      await stage.run(60_000);
      const conference = 'recorded-sales';
      const failed = stage.log.filter(({ msg }) => msg === 'a request to SignalWire failed');
      expect(failed.length).toBeGreaterThan(1);
      for (const line of failed) expect(line).toMatchObject({ level: 'debug', conference });

      setRecording(stage, newestRecording(stage), 'paused');
      stage.refusalOf = ({ method }) => (method === 'POST' ? 422 : undefined);
      await stage.run(60_000);
      const refused = linesFrom('warn', stage.log).at(-1);
      expect(refused).toMatchObject({ conference, msg: expect.stringContaining('wrong recording') });
    }));
});
