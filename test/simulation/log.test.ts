import { describe, expect, it } from 'vitest';
import { eventNameOf } from '../support/event-name.js';
import { recordingLines } from '../support/log.js';
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
      const { sid: conferenceSid, name: friendlyName } = stage.conference();
      const { sid: recordingSid } = newestRecording(stage);
      const about = { conferenceSid, friendlyName, recordingSid };
      expect(recordingLines(stage.log)).toMatchObject([
        { msg: 'recording began', conferenceSid, recordingSid, people: 2 },
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
      await stage.run(31_000);
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
