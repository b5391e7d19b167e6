import { describe, expect, it } from 'vitest';
import type { Recording } from '../../src/simulator/model/resources.js';
import { current } from '../../src/simulator/model/timeline.js';
import { setRecording } from '../support/space-state.js';
import { givenOnePerson, givenTwoPeople, newestRecording, sendHint, startAnother } from './scenes.js';
import { onStage } from './stage.js';

// A conference with several recordings, which somebody else starts and stops. The worlds don't have such conferences.

const statusOf = ({ status }: Recording) => current(status);

describe('among several recordings', () => {
  it('the running one is paused if the known one is over', () =>
    onStage({}, async (stage) => {
      const { second } = await givenTwoPeople(stage);
      const known = newestRecording(stage);
      setRecording(stage, known, 'stopped');
      const running = startAnother(stage);
      stage.model.endCall(second);
      await stage.run(5000);
      expect([known, running].map(statusOf)).toEqual(['stopped', 'paused']);
    }));

  it('the one that a callback named is paused, even if another one is newer', () =>
    onStage({}, async (stage) => {
      const { second } = await givenTwoPeople(stage);
      const named = newestRecording(stage);
      const newer = startAnother(stage);
      stage.model.endCall(second);
      await stage.run(60_000);
      expect([named, newer].map(statusOf)).toEqual(['paused', 'in-progress']);
    }));

  it('the newest that is not over is paused if no callback named one', () =>
    onStage({}, async (stage) => {
      const { second } = await givenTwoPeople(stage);
      const oldest = newestRecording(stage);
      const newest = startAnother(stage);
      const over = startAnother(stage);
      setRecording(stage, over, 'completed');
      newest.createdAt += 60_000;
      over.createdAt += 120_000;
      stage.restart();
      await stage.run(1000);
      stage.model.endCall(second);
      await stage.run(5000);
      expect([oldest, newest, over].map(statusOf)).toEqual(['in-progress', 'paused', 'completed']);
    }));

  it('none is written because of a read of another one, even if a callback names it during that read', () =>
    onStage({}, async (stage) => {
      await givenTwoPeople(stage);
      stage.requestMs = 2000;
      setRecording(stage, newestRecording(stage), 'paused');
      sendHint(stage);
      // The paused state has been read, and its answer is in flight.
      await stage.run(1500);
      const { sid: RecordingSid } = startAnother(stage);
      sendHint(stage, { RecordingSid, RecordingStatus: 'in-progress' });
      await stage.run(60_000);
      expect(stage.writes()).toBe(0);
    }));

  it.each([404, 422])('another one is paused if SignalWire answers every change of the known one with %i', (status) =>
    onStage({}, async (stage) => {
      const { second } = await givenTwoPeople(stage);
      const stuck = newestRecording(stage);
      const other = startAnother(stage);
      stage.refusalOf = ({ recordingSid }) => (recordingSid === stuck.sid ? status : undefined);
      stage.model.endCall(second);
      await stage.run(10_000);
      expect([stuck, other].map(statusOf)).toEqual(['in-progress', 'paused']);
    }),
  );
});

describe('a recording that somebody else stopped', () => {
  it('gets two resumes, is left alone after that, and is given up for another one', () =>
    onStage({}, async (stage) => {
      await givenOnePerson(stage);
      const before = stage.writes();
      setRecording(stage, newestRecording(stage), 'stopped');
      const third = await stage.callIn();
      await stage.run(120_000);
      // The urgent resume, and its retry after a read.
      expect(stage.writes() - before).toBe(2);

      const another = startAnother(stage);
      stage.model.endCall(third);
      await stage.run(5000);
      expect(statusOf(another)).toBe('paused');
    }));
});

describe('a recording that SignalWire refuses to change', () => {
  it('is left alone after some attempts, and is written again after the next hint', () =>
    onStage({ resyncIntervalMs: 0 }, async (stage) => {
      const { second } = await givenTwoPeople(stage);
      stage.refusalOf = ({ method }) => (method === 'POST' ? 404 : undefined);
      stage.model.endCall(second);
      await stage.run(60_000);
      const attempts = stage.writes();
      expect(attempts).toBeGreaterThan(3);
      stage.refusalOf = () => undefined;
      await stage.run(60_000);
      expect(stage.writes()).toBe(attempts);
      expect(stage.isRecorded()).toBe(true);
      sendHint(stage);
      await stage.run(1000);
      expect(stage.isRecorded()).toBe(false);
    }));
});
