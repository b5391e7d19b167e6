import { describe, expect, it } from 'vitest';
import type { Recording } from '../../src/simulator/model/resources.js';
import { current } from '../../src/simulator/model/timeline.js';
import { setRecording } from '../support/space-state.js';
import { newestRecording, oneIsLeft, sendHint, startAnother, twoAreIn } from './scenes.js';
import { onStage } from './stage.js';

// A conference with several recordings, of which the worlds know nothing: somebody else starts and stops them.

const statusOf = ({ status }: Recording) => current(status);

describe('of several recordings', () => {
  it('the one that runs is paused, where the one that was known is over', () =>
    onStage({}, async (stage) => {
      const { second } = await twoAreIn(stage);
      const known = newestRecording(stage);
      setRecording(stage, known, 'stopped');
      const running = startAnother(stage);
      stage.model.endCall(second);
      await stage.run(5000);
      expect([known, running].map(statusOf)).toEqual(['stopped', 'paused']);
    }));

  it('the one that a callback named is paused, even beside a newer one', () =>
    onStage({}, async (stage) => {
      const { second } = await twoAreIn(stage);
      const named = newestRecording(stage);
      const newer = startAnother(stage);
      stage.model.endCall(second);
      await stage.run(60_000);
      expect([named, newer].map(statusOf)).toEqual(['paused', 'in-progress']);
    }));

  it('the newest that is not over is paused, where no callback named one', () =>
    onStage({}, async (stage) => {
      const { second } = await twoAreIn(stage);
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

  it('none is written to for what was read of another, when a callback names it meanwhile', () =>
    onStage({}, async (stage) => {
      await twoAreIn(stage);
      stage.requestMs = 2000;
      setRecording(stage, newestRecording(stage), 'paused');
      sendHint(stage);
      // The pause has been read, and the answer is on its way.
      await stage.run(1500);
      const { sid: RecordingSid } = startAnother(stage);
      sendHint(stage, { RecordingSid, RecordingStatus: 'in-progress' });
      await stage.run(60_000);
      expect(stage.writes()).toBe(0);
    }));

  it.each([404, 422])('another one is paused, where SignalWire answers %i to every change of the known one', (status) =>
    onStage({}, async (stage) => {
      const { second } = await twoAreIn(stage);
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
  it('is resumed in vain a few times, then left alone, and given up for another one', () =>
    onStage({}, async (stage) => {
      await oneIsLeft(stage);
      const before = stage.writes();
      setRecording(stage, newestRecording(stage), 'stopped');
      const third = await stage.callIn();
      await stage.run(120_000);
      expect(stage.writes() - before).toBeGreaterThanOrEqual(1);
      expect(stage.writes() - before).toBeLessThanOrEqual(5);

      const another = startAnother(stage);
      stage.model.endCall(third);
      await stage.run(5000);
      expect(statusOf(another)).toBe('paused');
    }));
});

describe('a recording whose every change is refused', () => {
  it('is left alone after some tries, and tried again once something happens', () =>
    onStage({ resyncIntervalMs: 0 }, async (stage) => {
      const { second } = await twoAreIn(stage);
      stage.refusalOf = ({ method }) => (method === 'POST' ? 404 : undefined);
      stage.model.endCall(second);
      await stage.run(60_000);
      const tries = stage.writes();
      expect(tries).toBeGreaterThan(3);
      stage.refusalOf = () => undefined;
      await stage.run(60_000);
      expect(stage.writes()).toBe(tries);
      expect(stage.isRecorded()).toBe(true);
      sendHint(stage);
      await stage.run(1000);
      expect(stage.isRecorded()).toBe(false);
    }));
});
