import { describe, expect, it } from 'vitest';
import { recordingLines } from '../support/log.js';
import { setRecording } from '../support/space-state.js';
import { eventOf, newestRecording, oneIsLeft, sendHint, twoAreIn } from './scenes.js';
import { onStage, type Stage } from './stage.js';

// What the log says of recordings, whenever it is that something happens.

const changes = (stage: Stage) => recordingLines(stage.log).map(({ msg }) => msg);

describe('the log', () => {
  it('has one line for each change of a recording, which says why', () =>
    onStage({}, async (stage) => {
      await oneIsLeft(stage);
      await stage.callIn();
      await stage.run(60_000);
      const { sid: conferenceSid, name: friendlyName } = stage.conference();
      const { sid: recordingSid } = newestRecording(stage);
      const about = { conferenceSid, friendlyName, recordingSid };
      expect(recordingLines(stage.log)).toMatchObject([
        { msg: 'recording began', conferenceSid, recordingSid, people: 2 },
        // Two round trips after the callback came, and one.
        { msg: 'recording paused', ...about, people: 1, read: 'in-progress', because: 'leave', msSinceCallback: 200 },
        { msg: 'recording resumed', ...about, people: 2, read: 'paused', because: 'join', msSinceCallback: 100 },
      ]);
    }));

  it('says of a change that only a resync found that it did, and names no callback', () =>
    onStage({}, async (stage) => {
      const { second } = await twoAreIn(stage);
      stage.onCallback = () => {};
      stage.model.endCall(second);
      await stage.run(60_000);
      expect(changes(stage)).toEqual(['recording began', 'recording paused']);
      expect(recordingLines(stage.log)[1]).toMatchObject({ because: 'resync', people: 1 });
      expect(recordingLines(stage.log)[1]).not.toHaveProperty('msSinceCallback');
    }));

  it('says once what a callback that comes twice reports', () =>
    onStage({}, async (stage) => {
      await twoAreIn(stage);
      sendHint(stage, { RecordingSid: newestRecording(stage).sid, RecordingStatus: 'in-progress' });
      await stage.run(60_000);
      expect(changes(stage)).toEqual(['recording began']);
    }));

  it('names a recording that a new process finds', () =>
    onStage({}, async (stage) => {
      await oneIsLeft(stage);
      stage.restart();
      await stage.run(60_000);
      expect(changes(stage)).toEqual(['recording began', 'recording paused', 'recording found paused']);
    }));

  it('says what somebody else did to a recording, once it is found', () =>
    onStage({}, async (stage) => {
      await twoAreIn(stage);
      setRecording(stage, newestRecording(stage), 'paused');
      await stage.run(60_000);
      expect(changes(stage)).toEqual(['recording began', 'recording found paused', 'recording resumed']);
      setRecording(stage, newestRecording(stage), 'stopped');
      await stage.run(31_000);
      expect(changes(stage).slice(3)).toEqual(['recording found over']);
    }));

  it.each([404, 422])('has no line of a change that SignalWire refuses (%i)', (status) =>
    onStage({}, async (stage) => {
      const { second } = await twoAreIn(stage);
      stage.refusalOf = ({ method }) => (method === 'POST' ? status : undefined);
      stage.model.endCall(second);
      await stage.run(60_000);
      expect(stage.writes()).toBeGreaterThan(3);
      expect(changes(stage)).toEqual(['recording began']);
    }),
  );

  it('says of a pause how many were in when it was sent', () =>
    onStage({}, async (stage) => {
      const { second } = await twoAreIn(stage);
      stage.model.endCall(second);
      // The reads are done, and the pause is on its way.
      await stage.run(125);
      expect(stage.isRecorded()).toBe(true);
      await stage.callIn();
      await stage.run(5000);
      const [, paused, resumed] = recordingLines(stage.log);
      expect(paused).toMatchObject({ msg: 'recording paused', people: 1, because: 'leave' });
      expect(resumed).toMatchObject({ msg: 'recording resumed', people: 2, because: 'join' });
    }));

  it('gives a callback that comes during a resync as the reason for what follows', () =>
    onStage({}, async (stage) => {
      const { second } = await twoAreIn(stage);
      stage.requestMs = 2000;
      let hasLeft = false;
      stage.refusalOf = ({ operation }) => {
        // As soon as the resync's list has been read, and while it is on its way.
        if (operation === 'participants' && !hasLeft) setTimeout(() => stage.model.endCall(second), 10);
        hasLeft ||= operation === 'participants';
        return undefined;
      };
      await stage.run(60_000);
      expect(recordingLines(stage.log)[1]).toMatchObject({ msg: 'recording paused', because: 'leave', people: 1 });
    }));

  it('keeps to a callback as the reason for what it asked for, though resyncs are due before that succeeds', () =>
    onStage({ resyncIntervalMs: 5000 }, async (stage) => {
      const { second } = await twoAreIn(stage);
      stage.faults.refused = 1;
      stage.refusalOf = ({ operation }) => (operation === 'participants' ? 503 : undefined);
      stage.model.endCall(second);
      await stage.run(30_000);
      stage.faults.refused = 0;
      stage.refusalOf = () => undefined;
      await stage.run(10_000);
      expect(recordingLines(stage.log)[1]).toMatchObject({ msg: 'recording paused', because: 'leave' });
      expect(recordingLines(stage.log)[1]?.msSinceCallback).toBeGreaterThan(29_000);
    }));

  it('says that a recording began also where the callback of that is lost', () =>
    onStage({}, async (stage) => {
      stage.onCallback = (callback, bring) => {
        if (eventOf(callback) !== 'in-progress') void stage.clock.wait(20).then(bring);
      };
      await twoAreIn(stage);
      expect(changes(stage)).toEqual(['recording began']);
    }));
});
